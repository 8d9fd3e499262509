package io.sardonyx.bench.define;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.TreeMap;

/** A problem as an ONNX model of one node: inputs {@code x0}, {@code x1} … or initializers of that name, output {@code y}. */
public final class OnnxModel {
    private static final int IR_VERSION = 10;
    private static final int FLOAT = 1; // AttributeProto's types
    private static final int INT = 2;
    private static final int STRING = 3;
    private static final int INTS = 7;

    private OnnxModel() {}

    /** The name of operand {@code i}. */
    public static String input(int i) {
        return "x" + i;
    }

    /** The bytes of the model; of {@code inputs}, those that are constant are in it. */
    public static byte[] of(Problem problem, List<HostTensor> inputs) {
        var graph = GraphProto.newBuilder().setName(problem.benchmark());
        var node = NodeProto.newBuilder().setOpType(problem.node().name()).addOutput("y");
        for (int i = 0; i < inputs.size(); i++) {
            node.addInput(input(i));
            if (problem.operands().get(i).constant()) {
                graph.addInitializer(initializer(input(i), inputs.get(i)));
            } else {
                graph.addInput(value(input(i), problem.operands().get(i).type()));
            }
        }
        new TreeMap<>(problem.node().attributes()).forEach((name, value) -> node.addAttribute(attribute(name, value)));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder()
                        .setVersion(problem.node().opset()))
                .setGraph(graph.addNode(node).addOutput(value("y", problem.output())))
                .build()
                .toByteArray();
    }

    private static TensorProto initializer(String name, HostTensor value) {
        var tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(value.dtype().code())
                .setRawData(ByteString.copyFrom(value.data()));
        for (long size : value.shape().toArray()) {
            tensor.addDims(size);
        }
        return tensor.build();
    }

    private static AttributeProto attribute(String name, Object value) {
        var attribute = AttributeProto.newBuilder().setName(name);
        if (value instanceof Long number) {
            attribute.setType(INT).setI(number);
        } else if (value instanceof Float number) {
            attribute.setType(FLOAT).setF(number);
        } else if (value instanceof String text) {
            attribute.setType(STRING).setS(ByteString.copyFromUtf8(text));
        } else {
            attribute.setType(INTS);
            ((List<?>) value).forEach(number -> attribute.addInts((Long) number));
        }
        return attribute.build();
    }

    private static ValueInfoProto value(String name, TensorType type) {
        var shape = TensorShapeProto.newBuilder();
        for (long size : type.shape().toArray()) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.dtype().code())
                                .setShape(shape)))
                .build();
    }
}
