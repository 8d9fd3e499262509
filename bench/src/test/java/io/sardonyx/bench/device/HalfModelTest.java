package io.sardonyx.bench.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A model of float32 becomes one of float16 that gives the same, but rounded. */
class HalfModelTest {
    private static final int FLOAT = 1; // AttributeProto's types
    private static final int INT = 2;
    private static final int TENSOR = 4;
    private static final int INTS = 7;

    /** y = x · w + Cast(n) + c, with w from a seed and a constant c. */
    private static ModelProto.Builder model() {
        var w = NodeProto.newBuilder()
                .setOpType("RandomNormal")
                .addOutput("w")
                .addAttribute(attribute("shape", INTS).addInts(2).addInts(2))
                .addAttribute(attribute("seed", FLOAT).setF(1));
        var cast = NodeProto.newBuilder()
                .setOpType("Cast")
                .addInput("n")
                .addOutput("m")
                .addAttribute(attribute("to", INT).setI(DType.FLOAT32.code()));
        var constant = NodeProto.newBuilder()
                .setOpType("Constant")
                .addOutput("c")
                .addAttribute(attribute("value", TENSOR)
                        .setT(TensorProto.newBuilder()
                                .setDataType(DType.FLOAT32.code())
                                .addDims(2)
                                .addFloatData(.5f)
                                .addFloatData(-1e9f)));
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey("sardonyx.stripped")
                        .setValue("1"))
                .setGraph(GraphProto.newBuilder()
                        .setName("g")
                        .addInput(value("x", DType.FLOAT32, 2))
                        .addInput(value("n", DType.INT64, 2))
                        .addOutput(value("y", DType.FLOAT32, 2))
                        .addNode(w)
                        .addNode(cast)
                        .addNode(constant)
                        .addNode(node("MatMul", "p", "x", "w"))
                        .addNode(node("Add", "q", "p", "m"))
                        .addNode(node("Add", "y", "q", "c")));
    }

    private static AttributeProto.Builder attribute(String name, int type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static NodeProto node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(List.of(inputs))
                .addOutput(output)
                .build();
    }

    private static ValueInfoProto value(String name, DType dtype, long size) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(dtype.code())
                                .setShape(TensorShapeProto.newBuilder()
                                        .addDim(TensorShapeProto.Dimension.newBuilder()
                                                .setDimValue(size)))))
                .build();
    }

    private static HostTensor run(byte[] model, DType dtype) {
        try (Model loaded =
                        Model.builder(model).device(ReferenceDevice.INSTANCE).load();
                Outputs outputs = loaded.run(Map.of(
                        "x", HostTensor.of(dtype, Shape.of(2), 1, 2), "n", HostTensor.of(Shape.of(2), 3L, 4L)))) {
            return (HostTensor) outputs.toHost().get("y");
        }
    }

    @Test
    void everyFloat32BecomesAFloat16() {
        byte[] model = model().build().toByteArray();
        HostTensor exact = run(model, DType.FLOAT32);
        HostTensor half = run(HalfModel.of(model), DType.FLOAT16);
        assertEquals(DType.FLOAT16, half.dtype());
        assertEquals(exact.getDouble(0), half.getDouble(0), 1e-2);
        assertArrayEquals(new double[] {-1e9, -65504}, new double[] {exact.getDouble(1), half.getDouble(1)}, 20);
    }

    @Test
    void whatItCannotConvertIsRefused() {
        var body = model();
        body.getGraphBuilder()
                .addNode(NodeProto.newBuilder()
                        .setOpType("If")
                        .setName("choice")
                        .addAttribute(attribute("then_branch", 5).setG(GraphProto.newBuilder())));
        byte[] withSubgraph = body.build().toByteArray();
        assertEquals(
                "If 'choice' has a subgraph",
                assertThrows(IllegalArgumentException.class, () -> HalfModel.of(withSubgraph))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> HalfModel.of(new byte[] {1, 2, 3}));
    }
}
