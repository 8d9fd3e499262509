package io.sardonyx;

import static io.sardonyx.FloatErrorTest.assertSmallError;
import static io.sardonyx.FloatErrorTest.random;
import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.FloatErrorTest.Values;
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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link FloatErrorTest}, for nodes of models: convolution and LayerNormalization in float32, on GPUs attention in 16 bits, too. */
class NodeFloatErrorTest {
    static Stream<Arguments> kinds() {
        return FloatErrorTest.kinds();
    }

    /** x alone is not constant. */
    private static Model load(Device device, Precision precision, GraphProto.Builder graph, HostTensor x) {
        graph.addInput(Onnx.value("x", x.dtype().code(), x.shape().toArray())).addOutput(Onnx.unshaped("y", x.dtype()));
        byte[] model =
                Onnx.model(graph).setOpsetImport(0, Onnx.opset("", 23)).build().toByteArray();
        return Model.builder(model)
                .device(DevicePolicy.require(device))
                .precision(precision)
                .load();
    }

    private static double[] run(Model model, HostTensor x) {
        try (Outputs outputs = model.run(Map.of("x", x))) {
            return outputs.get(0).toHost().toDoubles();
        }
    }

    private static double[] run(Device device, GraphProto.Builder graph, HostTensor x) {
        try (Model model = load(device, Precision.STRICT, graph, x)) {
            return run(model, x);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void convolution(Device device, Values values) {
        Convolution convolution = new Convolution(values, 9, 24);
        double[] y = run(device, convolution.graph(), convolution.x);
        assertSmallError(device.name(), y, convolution.loops, convolution.exact);
    }

    /** With as many positions and filters as it wants. */
    @ParameterizedTest
    @MethodSource("kinds")
    void convolutionByBf16x6(Device device, Values values) {
        String kernel = "conv_channels_last_bf16x6.f32";
        Assumptions.assumeTrue(device.has(kernel), device.name() + " has no kernel " + kernel);
        Convolution convolution = new Convolution(values, 10, 64);
        System.setProperty("sardonyx.bf16x6", "1");
        try (Model model = load(device, Precision.FLOAT32, convolution.graph(), convolution.x)) {
            List<Placement> placement = model.placement(List.of(convolution.x.type()));
            assertTrue(placement.stream().anyMatch(p -> p.kernel().equals(kernel)), placement::toString);
            assertSmallError(device.name(), run(model, convolution.x), convolution.loops, convolution.exact);
        } finally {
            System.clearProperty("sardonyx.bf16x6");
        }
    }

    /** 3 x 3 taps of 48 channels. */
    private static final class Convolution {
        private static final int CHANNELS = 48;

        final HostTensor x;
        final HostTensor w;
        final double[] exact;
        final double[] loops;

        Convolution(Values values, int side, int filters) {
            x = random(DType.FLOAT32, values, 5, 1, CHANNELS, side, side);
            w = random(DType.FLOAT32, values, 6, filters, CHANNELS, 3, 3);
            int out = side - 2;
            exact = new double[filters * out * out];
            loops = new double[exact.length];
            for (int i = 0; i < exact.length; i++) {
                float sum = 0;
                for (int k = 0; k < CHANNELS * 9; k++) {
                    int at = (k / 9 * side + i / out % out + k % 9 / 3) * side + i % out + k % 3;
                    double product = x.getDouble(at) * w.getDouble(i / (out * out) * CHANNELS * 9 + k);
                    exact[i] += product;
                    sum += (float) product;
                }
                loops[i] = sum;
            }
        }

        GraphProto.Builder graph() {
            return body(node("Conv", "x w", "y")).addInitializer(tensor("w", w));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void layerNormalization(Device device, Values values) {
        int rows = 37;
        int columns = 520;
        HostTensor x = random(DType.FLOAT32, values, 7, rows, columns);
        HostTensor scale = random(DType.FLOAT32, values, 8, columns);
        double[] exact = new double[rows * columns];
        double[] loops = new double[exact.length];
        for (int row = 0; row < rows; row++) {
            double mean = 0;
            float floatMean = 0;
            for (int i = 0; i < columns; i++) {
                mean += x.getDouble(row * columns + i) / columns;
                floatMean += (float) x.getDouble(row * columns + i);
            }
            floatMean /= columns;
            double variance = 0;
            float floatVariance = 0;
            for (int i = 0; i < columns; i++) {
                double distance = x.getDouble(row * columns + i) - mean;
                float floatDistance = (float) x.getDouble(row * columns + i) - floatMean;
                variance += distance * distance / columns;
                floatVariance += floatDistance * floatDistance;
            }
            floatVariance /= columns;
            for (int i = 0; i < columns; i++) {
                int at = row * columns + i;
                exact[at] = (x.getDouble(at) - mean) / Math.sqrt(variance + 1e-5f) * scale.getDouble(i);
                loops[at] = ((float) x.getDouble(at) - floatMean)
                        / (float) Math.sqrt(floatVariance + 1e-5f)
                        * (float) scale.getDouble(i);
            }
        }
        GraphProto.Builder graph =
                body(node("LayerNormalization", "x scale", "y")).addInitializer(tensor("scale", scale));
        assertSmallError(device.name(), run(device, graph, x), loops, exact);
    }

    /** One head: queries, keys and values are x. */
    @ParameterizedTest
    @MethodSource("kinds")
    void attention(Device device, Values values) {
        attention(device, values, DType.FLOAT32);
        if (!device.onHost()) {
            attention(device, values, DType.FLOAT16);
            attention(device, values, DType.BFLOAT16);
        }
    }

    /** In 16 bits the loops round once, at their end. */
    private static void attention(Device device, Values values, DType dtype) {
        int length = 70;
        int size = 64;
        HostTensor x = random(dtype, values, 9, 1, length, size);
        double[] exact = new double[length * size];
        double[] loops = new double[exact.length];
        for (int query = 0; query < length; query++) {
            double[] weights = new double[length];
            float[] floatWeights = new float[length];
            double sum = 0;
            float floatSum = 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int key = 0; key < length; key++) {
                for (int i = 0; i < size; i++) {
                    double product = x.getDouble(query * size + i) * x.getDouble(key * size + i);
                    weights[key] += product / 8;
                    floatWeights[key] += (float) product;
                }
                floatWeights[key] /= 8;
                largest = Math.max(largest, weights[key]);
            }
            for (int key = 0; key < length; key++) {
                sum += weights[key] = Math.exp(weights[key] - largest);
                floatSum += floatWeights[key] = (float) Math.exp(floatWeights[key] - (float) largest);
            }
            for (int i = 0; i < size; i++) {
                float floatValue = 0;
                for (int key = 0; key < length; key++) {
                    double value = x.getDouble(key * size + i);
                    exact[query * size + i] += weights[key] / sum * value;
                    floatValue += floatWeights[key] / floatSum * (float) value;
                }
                loops[query * size + i] = floatValue;
            }
        }
        GraphProto.Builder graph =
                body(node("Attention", "x x x", "y", attribute("q_num_heads", 1), attribute("kv_num_heads", 1)));
        double[] rounded = HostTensor.of(dtype, Shape.of(loops.length), loops).toDoubles();
        assertSmallError(device.name() + " " + dtype, run(device, graph, x), rounded, exact);
    }
}
