package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.sardonyx.device.Device;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.TestDevices;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Graphs of operators between DequantizeLinear and QuantizeLinear: fused where a device has the kernels, and as the nodes are by
 * themselves, up to bytes that the nodes' own roundings in float32 move by one.
 */
class QuantizedModelsTest {
    /** A graph whose values are quantised one by one. */
    private static final class Net {
        private final DType type;
        private final GraphProto.Builder graph = body().addInput(unshaped("x", DType.FLOAT32));
        private int seed;

        Net(DType type) {
            this.type = type;
        }

        private double zero(double unsigned) {
            return type == DType.INT8 ? unsigned - 128 : unsigned;
        }

        String constant(HostTensor tensor) {
            String name = "c" + seed++;
            graph.addInitializer(
                    Onnx.tensor(name, tensor.dtype(), tensor.shape().toArray())
                            .setRawData(ByteString.copyFrom(tensor.data())));
            return name;
        }

        String scalar(DType dtype, double value) {
            return constant(HostTensor.of(dtype, Shape.SCALAR, value));
        }

        /** {@code value} as bytes and back. */
        String quantise(String value, double scale, double zero) {
            String s = scalar(DType.FLOAT32, scale);
            String z = scalar(type, zero(zero));
            graph.addNode(node("QuantizeLinear", value + " " + s + " " + z, value + "_q"));
            graph.addNode(node("DequantizeLinear", value + "_q " + s + " " + z, value + "_dq"));
            return value + "_dq";
        }

        private String dequantised(HostTensor tensor, HostTensor scale) {
            String name = "d" + seed++;
            HostTensor zeros = HostTensor.of(tensor.dtype(), scale.shape(), new double[scale.size()]);
            graph.addNode(
                    node("DequantizeLinear", constant(tensor) + " " + constant(scale) + " " + constant(zeros), name)
                            .addAttribute(attribute("axis", 0)));
            return name;
        }

        /** Filters, the first axis of these sizes, quantised as a whole or one by one. */
        String weights(boolean each, long... sizes) {
            HostTensor scale = each
                    ? Data.uniform(DType.FLOAT32, ++seed, 0.002, 0.006, sizes[0])
                    : HostTensor.of(DType.FLOAT32, Shape.SCALAR, 0.004);
            return dequantised(Data.integers(DType.INT8, ++seed, -127, 127, sizes), scale);
        }

        String bias(long filters) {
            return dequantised(
                    Data.integers(DType.INT32, ++seed, -3000, 3000, filters),
                    HostTensor.of(DType.FLOAT32, Shape.SCALAR, 0.02 * 0.004));
        }

        String put(NodeProto.Builder node) {
            graph.addNode(node);
            return node.getOutput(0);
        }

        String convolve(String x, String weights, String bias, long group, long stride, long pad) {
            String y = "v" + seed++;
            return put(node("Conv", x + " " + weights + (bias.isEmpty() ? "" : " " + bias), y)
                    .addAttribute(attribute("group", group))
                    .addAttribute(list("strides", stride, stride))
                    .addAttribute(list("pads", pad, pad, pad, pad)));
        }

        String apply(String operator, String inputs) {
            return put(node(operator, inputs, "v" + seed++));
        }

        byte[] model(String result) {
            graph.addOutput(unshaped(result, DType.FLOAT32));
            return Onnx.model(graph).build().toByteArray();
        }
    }

    private static AttributeProto.Builder list(String name, Long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(7) // INTS
                .addAllInts(List.of(values));
    }

    /** What MobileNets are made of, with channels that do not fill their blocks. */
    private static byte[] mobile(DType type, boolean each) {
        Net net = new Net(type);
        String x = net.quantise("x", 0.02, 110);
        String a = net.apply("Relu", net.convolve(x, net.weights(each, 20, 3, 3, 3), net.bias(20), 1, 2, 1));
        a = net.quantise(a, 0.02, 0);
        String b = net.apply("Relu", net.convolve(a, net.weights(each, 20, 1, 3, 3), net.bias(20), 20, 1, 1));
        b = net.quantise(b, 0.02, 3); // a limit within the range
        String c = net.quantise(net.convolve(b, net.weights(each, 20, 20, 1, 1), "", 1, 1, 0), 0.02, 128);
        String sum = net.quantise(net.apply("Add", c + " " + a), 0.03, 100);
        String six = net.apply(
                "Clip",
                net.convolve(sum, net.weights(each, 37, 20, 1, 1), net.bias(37), 1, 1, 0) + " "
                        + net.scalar(DType.FLOAT32, 0) + " " + net.scalar(DType.FLOAT32, 2));
        String pooled = net.apply("GlobalAveragePool", net.quantise(six, 0.02, 0));
        String flat = net.apply("Flatten", net.quantise(pooled, 0.01, 0));
        // Flatten keeps scale and zero point.
        String moved = net.quantise(flat, 0.01, 0);
        String y = net.put(node("Gemm", moved + " " + net.weights(each, 10, 37) + " " + net.bias(10), "v" + net.seed++)
                .addAttribute(attribute("transB", 1)));
        return net.model(net.quantise(y, 0.02, 120));
    }

    static Stream<Arguments> nets() {
        return TestDevices.all().stream().flatMap(device -> Stream.of(DType.UINT8, DType.INT8)
                .flatMap(type -> Stream.of(false, true).map(each -> Arguments.of(device, type, each))));
    }

    private static HostTensor run(Model model, HostTensor x) {
        try (Outputs outputs = model.run(Map.of("x", x))) {
            return outputs.only().toHost().copy();
        }
    }

    @ParameterizedTest
    @MethodSource("nets")
    void givesWhatItsNodesGive(Device device, DType type, boolean each) {
        byte[] model = mobile(type, each);
        HostTensor x = Data.normal(7, 2, 3, 21, 18);
        try (Model plain = Model.builder(model)
                        .device(ReferenceDevice.INSTANCE)
                        .optimize(false)
                        .load();
                Model fused = Model.builder(model).device(device).load()) {
            HostTensor expected = run(plain, x);
            HostTensor given = run(fused, x);
            double lowest = Double.POSITIVE_INFINITY;
            double highest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.getDouble(i), given.getDouble(i), 0.0201, "score " + i);
                lowest = Math.min(lowest, expected.getDouble(i));
                highest = Math.max(highest, expected.getDouble(i));
            }
            assertTrue(highest - lowest > 0.5, "scores from " + lowest + " to " + highest + " tell nothing");
            if (device.has("qlinear_conv_blocked")) {
                assertFused(fused, x);
            }
        }
    }

    /** Floats are left at both ends alone. */
    private static void assertFused(Model model, HostTensor x) {
        List<String> operators = model.placement(List.of(x.type())).stream()
                .map(Placement::opType)
                .toList();
        assertEquals(
                List.of(
                        "QuantizeLinear",
                        "BlockedQLinearConv",
                        "BlockedQLinearConv",
                        "Clip",
                        "BlockedQLinearConv",
                        "QLinearAdd",
                        "BlockedQLinearConv",
                        "Clip",
                        "QLinearGlobalAveragePool",
                        "UnblockChannels",
                        "Flatten",
                        "Unsqueeze",
                        "BlockedQLinearConv",
                        "UnblockChannels",
                        "Squeeze",
                        "DequantizeLinear"),
                operators);
    }
}
