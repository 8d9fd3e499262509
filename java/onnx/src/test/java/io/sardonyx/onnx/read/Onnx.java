package io.sardonyx.onnx.read;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelException;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.FunctionProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.List;

/** Short ways to write a model down, good or bad; other modules have it from the test jar. */
public final class Onnx {
    static final OperatorSetIdProto OPSET = opset("", 17);

    private Onnx() {}

    public static OperatorSetIdProto opset(String domain, long version) {
        return OperatorSetIdProto.newBuilder()
                .setDomain(domain)
                .setVersion(version)
                .build();
    }

    /** A model of this graph with IR version 10, opset 17 and the domain {@code local} for functions. */
    public static ModelProto.Builder model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(10)
                .addOpsetImport(OPSET)
                .addOpsetImport(opset("local", 1))
                .setGraph(graph);
    }

    /** A graph from float32[2] {@code x} to {@code y}. */
    public static GraphProto.Builder graph(NodeProto.Builder... nodes) {
        return body(nodes).addInput(value("x")).addOutput(value("y"));
    }

    /** A graph without inputs and outputs. */
    public static GraphProto.Builder body(NodeProto.Builder... nodes) {
        var graph = GraphProto.newBuilder().setName("g");
        for (NodeProto.Builder node : nodes) {
            graph.addNode(node);
        }
        return graph;
    }

    public static ValueInfoProto value(String name) {
        return value(name, DType.FLOAT32.code(), 2);
    }

    public static ValueInfoProto value(String name, int dtype, long... dims) {
        var shape = TensorShapeProto.newBuilder();
        for (long dim : dims) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(dtype).setShape(shape)))
                .build();
    }

    /** A tensor of any shape. */
    public static ValueInfoProto unshaped(String name, DType dtype) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(dtype.code())))
                .build();
    }

    /** As in {@code node("Concat", "a b", "c")}; {@code _} stands for an absent value. */
    public static NodeProto.Builder node(
            String opType, String inputs, String outputs, AttributeProto.Builder... attributes) {
        var node = NodeProto.newBuilder()
                .setOpType(opType)
                .addAllInput(names(inputs))
                .addAllOutput(names(outputs));
        for (AttributeProto.Builder attribute : attributes) {
            node.addAttribute(attribute);
        }
        return node;
    }

    public static NodeProto.Builder identity(String input, String output) {
        return node("Identity", input, output);
    }

    public static NodeProto.Builder call(
            String function, String inputs, String outputs, AttributeProto.Builder... attributes) {
        return node(function, inputs, outputs, attributes).setDomain("local");
    }

    public static FunctionProto.Builder function(
            String name, String inputs, String outputs, NodeProto.Builder... nodes) {
        var function = FunctionProto.newBuilder()
                .setName(name)
                .setDomain("local")
                .addOpsetImport(OPSET)
                .addAllInput(names(inputs))
                .addAllOutput(names(outputs));
        for (NodeProto.Builder node : nodes) {
            function.addNode(node);
        }
        return function;
    }

    /** f0 calls f1 {@code calls} times, which calls f2 as often, and so on. */
    public static ModelProto.Builder chain(int length, int calls) {
        ModelProto.Builder model = model(graph(call("f0", "x", "y")));
        for (int i = 0; i < length; i++) {
            FunctionProto.Builder f = function("f" + i, "v0", "v" + calls);
            for (int c = 0; c < calls; c++) {
                String in = "v" + c;
                String out = "v" + (c + 1);
                f.addNode(i + 1 < length ? call("f" + (i + 1), in, out) : identity(in, out));
            }
            model.addFunctions(f);
        }
        return model;
    }

    private static List<String> names(String spaced) {
        return spaced.isEmpty()
                ? List.of()
                : List.of(spaced.split(" ")).stream()
                        .map(name -> name.equals("_") ? "" : name)
                        .toList();
    }

    public static AttributeProto.Builder attribute(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(2).setI(value);
    }

    public static AttributeProto.Builder real(String name, float value) {
        return AttributeProto.newBuilder().setName(name).setType(1).setF(value);
    }

    public static AttributeProto.Builder attribute(String name, GraphProto.Builder value) {
        return AttributeProto.newBuilder().setName(name).setType(5).setG(value);
    }

    public static AttributeProto.Builder attribute(String name, TensorProto.Builder value) {
        return AttributeProto.newBuilder().setName(name).setType(4).setT(value);
    }

    public static AttributeProto.Builder attribute(String name, String value) {
        return AttributeProto.newBuilder().setName(name).setType(3).setS(ByteString.copyFromUtf8(value));
    }

    public static AttributeProto.Builder ints(String name, long... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(7);
        for (long v : values) {
            attribute.addInts(v);
        }
        return attribute;
    }

    public static AttributeProto.Builder reference(String name, String to, int type) {
        return AttributeProto.newBuilder().setName(name).setRefAttrName(to).setType(type);
    }

    public static TensorProto.Builder tensor(String name, DType dtype, long... dims) {
        var tensor = TensorProto.newBuilder().setName(name).setDataType(dtype.code());
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        return tensor;
    }

    /** With the values of {@code data}. */
    public static TensorProto.Builder tensor(String name, HostTensor data) {
        return tensor(name, data.dtype(), data.shape().toArray()).setRawData(ByteString.copyFrom(data.data()));
    }

    public static TensorProto.Builder raw(String name, DType dtype, int bytes, long... dims) {
        return tensor(name, dtype, dims).setRawData(ByteString.copyFrom(new byte[bytes]));
    }

    static ModelDocument read(ModelProto.Builder model) {
        return read(model, Limits.DEFAULT);
    }

    static ModelDocument read(ModelProto.Builder model, Limits limits) {
        return ModelReader.read(ModelSource.of(model.build().toByteArray()), new ReadOptions(limits, false));
    }

    static <E extends ModelException> E refused(Class<E> as, ModelProto.Builder model) {
        return assertThrows(as, () -> read(model));
    }
}
