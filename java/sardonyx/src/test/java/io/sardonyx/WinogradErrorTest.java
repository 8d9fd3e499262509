package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.onnx.DevicePolicy;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.Precision;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.TestDevices;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The largest error of Winograd's algorithm, against float64, is at most four times that of the direct kernel, which STRICT asks for. */
class WinogradErrorTest {
    /** Layers for which tiles of 4 x 4 outputs are chosen, with few and with many channels, and one for tiles of 2 x 2. */
    private record Layer(int channels, int filters, int side) {
        int out() {
            return side - 2;
        }
    }

    private static final List<Layer> LAYERS =
            List.of(new Layer(64, 32, 22), new Layer(384, 32, 22), new Layer(256, 256, 9));

    @TestFactory
    Stream<DynamicTest> normalAndOfOneSign() {
        return TestDevices.all().stream()
                .filter(device -> device.has("conv_winograd.f32"))
                .flatMap(device -> LAYERS.stream()
                        .flatMap(layer -> Stream.of(
                                DynamicTest.dynamicTest(
                                        layer + ", normal", () -> compare(device, layer, new Random(1)::nextGaussian)),
                                DynamicTest.dynamicTest(
                                        layer + ", of one sign",
                                        () -> compare(device, layer, new Random(2)::nextDouble)))));
    }

    private static void compare(Device device, Layer layer, DoubleSupplier values) {
        int channels = layer.channels;
        HostTensor x = random(values, 1, channels, layer.side, layer.side);
        HostTensor w = random(values, layer.filters, channels, 3, 3);
        HostTensor identity = HostTensor.allocate(x.type().with(Shape.of(channels, channels, 1, 1)));
        for (int c = 0; c < channels; c++) {
            identity.set(c * channels + c, 1.0);
        }
        // The first convolution changes nothing, but leaves its result in the order that the second one wants.
        GraphProto.Builder graph = body(node("Conv", "x identity", "a"), node("Conv", "a w", "y"))
                .addInput(Onnx.value("x", DType.FLOAT32.code(), 1, channels, layer.side, layer.side))
                .addInitializer(tensor("identity", identity))
                .addInitializer(tensor("w", w))
                .addOutput(Onnx.unshaped("y", DType.FLOAT32));
        byte[] bytes = Onnx.model(graph).build().toByteArray();
        double[] exact = exact(layer, x.toDoubles(), w.toDoubles());
        double direct = error(bytes, device, Precision.STRICT, x, exact, "conv_blocked.f32");
        double winograd = error(bytes, device, Precision.FLOAT32, x, exact, "conv_winograd.f32");
        assertTrue(winograd <= 4 * direct, "largest error " + winograd + ", that of the direct kernel " + direct);
    }

    private static HostTensor random(DoubleSupplier values, long... sizes) {
        HostTensor tensor = HostTensor.allocate(TensorType.of(DType.FLOAT32, sizes));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, values.getAsDouble());
        }
        return tensor;
    }

    private static double[] exact(Layer layer, double[] x, double[] w) {
        int out = layer.out();
        int side = layer.side;
        double[] y = new double[layer.filters * out * out];
        for (int i = 0; i < y.length; i++) {
            int f = i / (out * out);
            int at = i / out % out * side + i % out;
            for (int c = 0; c < layer.channels; c++) {
                for (int t = 0; t < 9; t++) {
                    y[i] += w[(f * layer.channels + c) * 9 + t] * x[c * side * side + at + t / 3 * side + t % 3];
                }
            }
        }
        return y;
    }

    private static double error(
            byte[] bytes, Device device, Precision precision, HostTensor x, double[] exact, String kernel) {
        try (Model model = Model.builder(bytes)
                        .device(DevicePolicy.require(device))
                        .precision(precision)
                        .load();
                Outputs outputs = model.run(Map.of("x", x))) {
            List<Placement> placement = model.placement(List.of(x.type()));
            assertTrue(placement.stream().anyMatch(p -> p.kernel().equals(kernel)), () -> placement.toString());
            double[] y = outputs.get(0).toHost().toDoubles();
            double largest = 0;
            for (int i = 0; i < y.length; i++) {
                largest = Math.max(largest, Math.abs(y[i] - exact[i]));
            }
            return largest;
        }
    }
}
