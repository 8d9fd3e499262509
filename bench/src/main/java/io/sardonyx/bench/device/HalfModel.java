package io.sardonyx.bench.device;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Set;

/**
 * A model whose every float32 is a float16: weights, constants, casts, inputs, outputs, and the generators of a stripped model. What is
 * too large for the type becomes its largest number, as in masks. For models without subgraphs.
 */
public final class HalfModel {
    private static final int INT = 2; // AttributeProto's type
    private static final double LARGEST = 65504;
    private static final Set<String> GENERATORS = Set.of("RandomNormal", "RandomUniform");

    private HalfModel() {}

    /** @throws IllegalArgumentException if it is no model, or one with subgraphs or weights in other files */
    public static byte[] of(byte[] model) {
        ModelProto.Builder result;
        try {
            result = ModelProto.parseFrom(model).toBuilder();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not an ONNX model: " + e.getMessage(), e);
        }
        GraphProto.Builder graph = result.getGraphBuilder().clearValueInfo();
        graph.getInitializerBuilderList().forEach(HalfModel::convert);
        graph.getNodeBuilderList().forEach(HalfModel::convert);
        graph.getInputBuilderList().forEach(HalfModel::convert);
        graph.getOutputBuilderList().forEach(HalfModel::convert);
        return result.build().toByteArray();
    }

    private static void convert(ValueInfoProto.Builder value) {
        if (value.getType().hasTensorType()) {
            TypeProto.Tensor.Builder type = value.getTypeBuilder().getTensorTypeBuilder();
            type.setElemType(half(type.getElemType()));
        }
    }

    private static int half(long type) {
        return type == DType.FLOAT32.code() ? DType.FLOAT16.code() : (int) type;
    }

    private static void convert(NodeProto.Builder node) {
        boolean generator = GENERATORS.contains(node.getOpType());
        boolean typed = false;
        for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
            if (attribute.hasG() || attribute.getGraphsCount() > 0) {
                throw new IllegalArgumentException(node.getOpType() + " '" + node.getName() + "' has a subgraph");
            }
            if (attribute.hasT()) {
                convert(attribute.getTBuilder());
            }
            if (generator && attribute.getName().equals("dtype")
                    || node.getOpType().equals("Cast") && attribute.getName().equals("to")) {
                attribute.setI(half(attribute.getI()));
                typed = true;
            }
        }
        if (generator && !typed) {
            node.addAttribute(
                    AttributeProto.newBuilder().setName("dtype").setType(INT).setI(DType.FLOAT16.code()));
        }
    }

    private static void convert(TensorProto.Builder tensor) {
        if (tensor.getDataType() != DType.FLOAT32.code()) {
            return;
        }
        if (tensor.getExternalDataCount() > 0) {
            throw new IllegalArgumentException("weight '" + tensor.getName() + "' is in another file");
        }
        FloatBuffer raw = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        int count = Math.max(raw.remaining(), tensor.getFloatDataCount());
        HostTensor values = HostTensor.allocate(new io.sardonyx.tensor.TensorType(DType.FLOAT16, Shape.of(count)));
        for (int i = 0; i < count; i++) {
            double value = raw.hasRemaining() ? raw.get(i) : tensor.getFloatData(i);
            values.set(i, Double.isFinite(value) ? Math.max(-LARGEST, Math.min(LARGEST, value)) : value);
        }
        tensor.setDataType(DType.FLOAT16.code()).clearFloatData().setRawData(ByteString.copyFrom(values.data()));
    }
}
