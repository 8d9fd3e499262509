package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.ints;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.TestDevices;
import io.sardonyx.testkit.Tolerance;
import io.sardonyx.testkit.Verify;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Models in float16: computed in float32 on a CPU, and on GPUs in float16, but for nodes that have no kernel for it there. */
class HalfModelsTest {
    private static final DType HALF = DType.FLOAT16;

    /**
     * A graph from x [2, 16, 9, 8] in float16 to y.
     *
     * @param kernels of a GPU that it must be run by, apart from those that only move data
     */
    private record Net(String name, List<String> kernels, GraphProto.Builder graph) {}

    private static Stream<Net> nets() {
        return Stream.of(
                net("a product", "gemm.f16", node("MatMul", "x columns", "y")),
                net(
                        "a product, a bias and an activation",
                        "gemm.f16",
                        node("MatMul", "x columns", "p"),
                        node("Add", "p bias24", "s"),
                        node("Relu", "s", "y")),
                net(
                        "a chain of elementwise nodes",
                        "fused_elementwise.f16",
                        node("Mul", "x x", "a"),
                        node("Sigmoid", "a", "b"),
                        node("Sub", "b x", "y")),
                net("a convolution", "conv_channels_last.f16", conv("x", "w", "y")),
                net(
                        "a residual block",
                        "conv_channels_last.f16 conv_channels_last.f16 max_pool_channels_last.f16",
                        conv("x", "w", "a"),
                        node("BatchNormalization", "a scale shift mean variance", "n"),
                        node("Relu", "n", "r"),
                        conv("r", "w", "b"),
                        node("Add", "b x", "s"),
                        node("MaxPool", "s", "y", ints("kernel_shape", 2, 2))),
                net(
                        "a normalisation that no convolution takes in",
                        "conv_channels_last.f16 batch_normalization.f16",
                        conv("x", "w", "a"),
                        node("Sigmoid", "a", "s"),
                        node("BatchNormalization", "s scale shift mean variance", "y")),
                net(
                        "a normalisation with statistics in float32",
                        "conv_channels_last.f16 cast.f16.f32 batch_normalization.f32 cast.f32.f16",
                        conv("x", "w", "a"),
                        node("Sigmoid", "a", "s"),
                        node("BatchNormalization", "s scale shift mean32 variance32", "y")),
                net(
                        "quantised by a scale in float16, and back",
                        "relu.f16 cast.f16.f32 quantize.u8 dequantize.u8 cast.f32.f16",
                        node("Relu", "x", "r"),
                        node("QuantizeLinear", "r step zero", "q"),
                        node("DequantizeLinear", "q step zero", "y")),
                net(
                        "weights too large once a normalisation is folded into them",
                        "mul.f16 conv_channels_last.f16 batch_normalization.f16",
                        node("Mul", "x small", "t"),
                        conv("t", "large", "a"),
                        node("BatchNormalization", "a scale shift mean none", "y")));
    }

    private static NodeProto.Builder conv(String input, String weights, String output) {
        return node("Conv", input + " " + weights, output, ints("pads", 1, 1, 1, 1));
    }

    private static Net net(String name, String kernels, NodeProto.Builder... nodes) {
        GraphProto.Builder graph = body(nodes)
                .addInput(Onnx.value("x", HALF.code(), 2, 16, 9, 8))
                .addInitializer(tensor("columns", Data.normal(HALF, 1, 8, 24)))
                .addInitializer(tensor("bias24", Data.normal(HALF, 2, 24)))
                .addInitializer(tensor("w", Data.uniform(HALF, 3, -0.1, 0.1, 16, 16, 3, 3)))
                .addInitializer(tensor("scale", Data.normal(HALF, 4, 16)))
                .addInitializer(tensor("shift", Data.normal(HALF, 5, 16)))
                .addInitializer(tensor("mean", Data.normal(HALF, 6, 16)))
                .addInitializer(tensor("variance", Data.uniform(HALF, 7, 0.5, 2, 16)))
                .addInitializer(tensor("mean32", Data.normal(8, 16)))
                .addInitializer(tensor("variance32", Data.uniform(DType.FLOAT32, 9, 0.5, 2, 16)))
                .addInitializer(tensor("small", HostTensor.of(HALF, Shape.of(), 0x1p-10)))
                .addInitializer(tensor("large", Data.uniform(HALF, 10, -400, 400, 16, 16, 3, 3)))
                .addInitializer(tensor("none", HostTensor.of(HALF, Shape.of(16), new double[16])))
                .addInitializer(tensor("step", HostTensor.of(HALF, Shape.of(), 0.0625)))
                .addInitializer(tensor("zero", HostTensor.of(DType.UINT8, Shape.of(), 0)))
                .addOutput(Onnx.unshaped("y", HALF));
        return new Net(name, List.of(kernels.split(" ")), graph);
    }

    @TestFactory
    Stream<DynamicTest> everyNetOnEveryDevice() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Device device : TestDevices.all()) {
            if (device != ReferenceDevice.INSTANCE) {
                nets().forEach(net ->
                        tests.add(DynamicTest.dynamicTest(net.name + " on " + device, () -> run(net, device))));
            }
        }
        return tests.stream();
    }

    private static void run(Net net, Device device) {
        byte[] bytes = Onnx.model(net.graph).build().toByteArray();
        HostTensor x = Data.normal(HALF, 99, 2, 16, 9, 8);
        try (Model model = Model.builder(bytes).require(device).load();
                Model wide =
                        Model.builder(bytes).device(ReferenceDevice.INSTANCE).load();
                Outputs actual = model.run(Map.of("x", x));
                Outputs expected = wide.run(Map.of("x", x))) {
            List<String> kernels = model.placement(List.of(x.type())).stream()
                    .map(Placement::kernel)
                    .filter(kernel -> !kernel.isEmpty() && !kernel.startsWith("strided_copy"))
                    .toList();
            if (device.onHost()) {
                assertTrue(
                        kernels.stream().noneMatch(k -> k.endsWith(".f16") && !k.startsWith("cast.")),
                        kernels::toString);
            } else {
                assertEquals(net.kernels, kernels);
            }
            HostTensor y = expected.get(0).toHost();
            double largest = Arrays.stream(y.toDoubles()).map(Math::abs).max().orElseThrow();
            Verify.that(actual.get(0).toHost()).matches(y).within(Tolerance.of(0, largest * 0x1p-8));
        }
    }
}
