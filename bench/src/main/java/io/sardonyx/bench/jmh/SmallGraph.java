package io.sardonyx.bench.jmh;

import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Models of a few nodes, from {@code x} to {@code y}, both float32 {@code [rows, WIDTH]}. */
public enum SmallGraph {
    /** Three elementwise nodes that become one. */
    CHAIN("Relu", "Exp", "Neg"),
    /** One node that stays one. */
    SOFTMAX("Softmax"),
    /** One node with weights. */
    LAYER_NORMALIZATION("LayerNormalization"),
    /** A product and its activation. */
    MATMUL_RELU("MatMul", "Relu");

    static final int WIDTH = 16;
    static final String INPUT = "x";
    private static final String OUTPUT = "y";

    private static final String VECTOR = "vector";
    private static final String MATRIX = "matrix";

    private final List<String> operators;

    SmallGraph(String... operators) {
        this.operators = List.of(operators);
    }

    byte[] bytes(long rows) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName(name())
                .addInput(value(INPUT, rows))
                .addOutput(value(OUTPUT, rows))
                .addInitializer(halves(VECTOR, WIDTH))
                .addInitializer(halves(MATRIX, WIDTH, WIDTH));
        for (int i = 0; i < operators.size(); i++) {
            graph.addNode(node(i));
        }
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private NodeProto node(int i) {
        List<String> inputs = new ArrayList<>(List.of(i == 0 ? INPUT : "value" + (i - 1)));
        switch (operators.get(i)) {
            case "LayerNormalization" -> inputs.addAll(List.of(VECTOR, VECTOR));
            case "MatMul" -> inputs.add(MATRIX);
            default -> {} // one input
        }
        return NodeProto.newBuilder()
                .setOpType(operators.get(i))
                .addAllInput(inputs)
                .addOutput(i == operators.size() - 1 ? OUTPUT : "value" + i)
                .build();
    }

    private static TensorProto halves(String name, int... sizes) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(DType.FLOAT32.code());
        int elements = 1;
        for (int size : sizes) {
            tensor.addDims(size);
            elements *= size;
        }
        for (int i = 0; i < elements; i++) {
            tensor.addFloatData(0.5f);
        }
        return tensor.build();
    }

    private static ValueInfoProto value(String name, long rows) {
        var shape = TensorShapeProto.newBuilder();
        for (long size : new long[] {rows, WIDTH}) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(DType.FLOAT32.code())
                                .setShape(shape)))
                .build();
    }
}
