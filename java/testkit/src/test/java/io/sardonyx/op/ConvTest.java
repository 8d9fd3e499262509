package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class ConvTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), shapes(), fused(), refused()).flatMap(s -> s);
    }

    private static Conv conv(long... kernel) {
        return new Conv(1, Window.of(kernel));
    }

    private static Stream<Case> facts() {
        HostTensor image = Data.range(DType.FLOAT32, 1, 1, 3, 3);
        HostTensor ones = HostTensor.of(Shape.of(1, 1, 2, 2), 1f, 1f, 1f, 1f);
        HostTensor identity = HostTensor.of(Shape.of(1, 1, 1, 1), 1f);
        return Stream.of(
                Case.of("sums of four", conv(2, 2))
                        .input(image)
                        .input(ones)
                        .expect(HostTensor.of(Shape.of(1, 1, 2, 2), 8f, 12f, 20f, 24f)),
                Case.of("bias", conv(2, 2))
                        .input(image)
                        .input(ones)
                        .input(HostTensor.of(Shape.of(1), 100f))
                        .expect(HostTensor.of(Shape.of(1, 1, 2, 2), 108f, 112f, 120f, 124f)),
                Case.of("asymmetric pads: top 1, left 0, bottom 0, right 2", padded(1, 0, 0, 2))
                        .input(image)
                        .input(ones)
                        .expect(HostTensor.of(
                                DType.FLOAT32, Shape.of(1, 1, 3, 4), 1, 3, 2, 0, 8, 12, 7, 0, 20, 24, 13, 0)),
                Case.of("SAME_UPPER pads at the end", new Conv(1, window(Window.AutoPad.SAME_UPPER)))
                        .input(image)
                        .input(ones)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 3, 3), 8, 12, 7, 20, 24, 13, 13, 15, 8)),
                Case.of("SAME_LOWER pads at the begin", new Conv(1, window(Window.AutoPad.SAME_LOWER)))
                        .input(image)
                        .input(ones)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 3, 3), 0, 1, 3, 3, 8, 12, 9, 20, 24)),
                Case.of("one by one copies, NaN and infinities included", conv())
                        .input(HostTensor.of(
                                Shape.of(1, 1, 1, 4), Float.NaN, Float.POSITIVE_INFINITY, -0f, Float.NEGATIVE_INFINITY))
                        .input(identity)
                        .expect(HostTensor.of(
                                Shape.of(1, 1, 1, 4), Float.NaN, Float.POSITIVE_INFINITY, 0, Float.NEGATIVE_INFINITY)),
                Case.of("NaN reaches the windows that see it", conv(1, 2))
                        .input(HostTensor.of(Shape.of(1, 1, 1, 4), 1f, 2f, Float.NaN, 4f))
                        .input(HostTensor.of(Shape.of(1, 1, 1, 2), 1f, 1f))
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 3), 3f, Float.NaN, Float.NaN)),
                Case.of("no image", conv(2, 2))
                        .input(Data.normal(1, 0, 1, 3, 3))
                        .input(ones),
                Case.of("no channels leave the bias", conv(2, 2))
                        .input(Data.normal(1, 1, 0, 2, 3))
                        .input(Data.normal(1, 2, 0, 2, 2))
                        .input(HostTensor.of(Shape.of(2), 5f, 6f))
                        .expect(HostTensor.of(Shape.of(1, 2, 1, 2), 5f, 5f, 6f, 6f)));
    }

    private static Conv padded(long... pads) {
        return new Conv(1, Window.of(2, 2).withPads(pads));
    }

    private static Window window(Window.AutoPad autoPad) {
        return Window.of(2, 2).withAutoPad(autoPad);
    }

    /** A shape: group, batch, channels, filters per group, then the image, and the kernel's window. */
    private record Layer(long group, long batch, long channels, long filters, long[] image, Window window) {
        static Layer of(long channels, long filters, long[] image, Window window) {
            return new Layer(1, 1, channels, filters, image, window);
        }

        static Layer depthwise(long channels, long[] image, Window window) {
            return new Layer(channels, 2, channels, 1, image, window);
        }

        long depth() {
            return channels / group * Shape.of(Window.array(window.kernel())).elements();
        }

        HostTensor x() {
            return Data.normal(
                    1, Shape.of(batch, channels).concat(Shape.of(image)).toArray());
        }

        HostTensor w() {
            return Data.normal(
                    2,
                    Shape.of(group * filters, channels / group)
                            .concat(Shape.of(Window.array(window.kernel())))
                            .toArray());
        }

        HostTensor b() {
            return Data.normal(3, group * filters);
        }

        @Override
        public String toString() {
            return "group " + group + ", " + batch + " x " + channels + " -> " + filters + ", "
                    + Window.list(image) + ", kernel " + window.kernel() + " / " + window.strides() + " dilated "
                    + window.dilations() + " padded " + window.pads();
        }
    }

    private static long[] image(long... sizes) {
        return sizes;
    }

    private static List<Layer> layers() {
        Window three = Window.of(3, 3).withPads(1, 1, 1, 1);
        Window five = Window.of(5, 5).withPads(2, 2, 2, 2);
        return List.of(
                Layer.of(1, 1, image(1, 1), Window.of(1, 1)),
                Layer.of(3, 7, image(5, 9), Window.of(1, 1)),
                Layer.of(65, 17, image(7, 7), Window.of(1, 1)),
                Layer.of(16, 9, image(49, 47), Window.of(1, 1)),
                Layer.of(9, 16, image(13, 13), three),
                Layer.of(4, 5, image(1, 50), three),
                Layer.of(3, 8, image(33, 34), three.withStrides(2, 2)),
                Layer.of(3, 4, image(20, 131), Window.of(9, 9).withPads(4, 4, 4, 4)),
                Layer.of(2, 3, image(16, 17), three.withDilations(2, 3)),
                Layer.of(2, 3, image(30, 29), Window.of(3, 2).withStrides(3, 5).withDilations(2, 1)),
                Layer.of(2, 3, image(30, 29), Window.of(1, 1).withStrides(2, 3)),
                Layer.of(40, 3, image(90, 100), three),
                new Layer(2, 3, 6, 5, image(10, 11), three),
                new Layer(3, 2, 3, 3, image(10, 11), three),
                Layer.depthwise(3, image(13, 13), three),
                Layer.depthwise(2, image(26, 52), five),
                Layer.depthwise(2, image(26, 27), three.withStrides(2, 2)),
                Layer.depthwise(2, image(31, 35), five.withStrides(2, 1)),
                Layer.depthwise(2, image(20, 21), three.withDilations(2, 2)),
                Layer.depthwise(1, image(200, 210), three),
                new Layer(4, 1, 4, 2, image(9, 18), Window.of(3, 5).withPads(1, 2, 1, 2)),
                Layer.of(3, 4, image(100), Window.of(7).withPads(3, 3).withStrides(2)),
                Layer.depthwise(3, image(77), Window.of(4)),
                Layer.of(8, 6, image(700), Window.of(1)),
                Layer.of(2, 3, image(6, 7, 8), Window.of(3, 3, 3).withPads(1, 1, 1, 1, 1, 1)),
                Layer.of(2, 3, image(9, 8, 17), Window.of(2, 3, 4).withStrides(2, 3, 2)),
                Layer.depthwise(2, image(5, 6, 20), Window.of(3, 3, 3).withPads(1, 0, 1, 1, 2, 0)),
                Layer.of(1, 2, image(3, 3, 3, 3), Window.of(2, 2, 2, 2)));
    }

    private static Stream<Case> shapes() {
        List<Case> cases = new ArrayList<>();
        for (Layer layer : layers()) {
            Conv conv = new Conv(layer.group, layer.window);
            Tolerance tolerance = Tolerance.dot(DType.FLOAT32, layer.depth());
            cases.add(Case.of(layer + ", weight packed", conv)
                    .input(layer.x())
                    .constant(layer.w())
                    .input(layer.b())
                    .within(tolerance));
            cases.add(Case.of(layer + ", weight not constant", conv)
                    .input(layer.x())
                    .input(layer.w())
                    .within(tolerance));
        }
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64)) {
            cases.add(Case.of(dtype.toString(), conv(2, 2))
                    .input(Data.normal(dtype, 1, 1, 2, 4, 5))
                    .input(Data.normal(dtype, 2, 3, 2, 2, 2)));
            cases.add(Case.of(dtype + ", more than a tile of filters and positions", conv(2, 2))
                    .input(Data.normal(dtype, 1, 2, 9, 7, 8))
                    .input(Data.normal(dtype, 2, 67, 9, 2, 2))
                    .input(Data.normal(dtype, 3, 67)));
        }
        return cases.stream();
    }

    private static Stream<Case> fused() {
        List<Activation> activations = List.of(
                Activation.NONE,
                Activation.RELU,
                Activation.clip(0, 6),
                Activation.leakyRelu(0.1f),
                Activation.SIGMOID,
                Activation.hardSigmoid(0.2f, 0.5f),
                Activation.HARD_SWISH,
                Activation.SILU,
                Activation.TANH,
                Activation.GELU,
                Activation.GELU_TANH,
                Activation.MISH);
        List<Case> cases = new ArrayList<>();
        for (Activation activation : activations) {
            for (Layer layer : List.of(
                    Layer.of(7, 9, image(6, 9), Window.of(3, 3).withPads(1, 1, 1, 1)),
                    Layer.depthwise(3, image(6, 19), Window.of(3, 3).withPads(1, 1, 1, 1)))) {
                Conv conv = new Conv(layer.group, layer.window);
                HostTensor z = Data.normal(
                        4,
                        Shape.of(layer.batch, layer.group * layer.filters)
                                .concat(Shape.of(layer.image))
                                .toArray());
                Tolerance tolerance = Tolerance.dot(DType.FLOAT32, 4 * layer.depth());
                for (boolean addLast : new boolean[] {false, true}) {
                    cases.add(Case.of(
                                    activation.kind() + ", residual " + (addLast ? "last, " : "first, ") + layer,
                                    new FusedConv(conv, activation, addLast))
                            .input(layer.x())
                            .constant(layer.w())
                            .input(layer.b())
                            .input(z)
                            .within(tolerance));
                }
                cases.add(Case.of(activation.kind() + ", no residual, " + layer, new FusedConv(conv, activation, false))
                        .input(layer.x())
                        .constant(layer.w())
                        .within(tolerance));
            }
            cases.add(Case.of(activation.kind() + " of extremes", new FusedConv(conv(), activation, false))
                    .input(HostTensor.of(
                            Shape.of(1, 1, 1, 7),
                            Float.NaN,
                            Float.POSITIVE_INFINITY,
                            Float.NEGATIVE_INFINITY,
                            1e30f,
                            -1e30f,
                            1e-30f,
                            -100))
                    .input(HostTensor.of(Shape.of(1, 1, 1, 1), 1f)));
        }
        Attributes attributes = Attributes.of(1, Map.of("activation", "Clip", "activation_params", List.of(-1f, 1f)));
        cases.add(Case.of(
                        "read from attributes",
                        Operators.read(Operators.SARDONYX, "FusedConv", attributes)
                                .get())
                .input(HostTensor.of(Shape.of(1, 1, 3), -5f, 0.5f, 5f))
                .input(HostTensor.of(Shape.of(1, 1, 1), 1f))
                .expect(HostTensor.of(Shape.of(1, 1, 3), -1f, 0.5f, 1f)));
        return cases.stream();
    }

    private static Stream<Case> refused() {
        HostTensor image = Data.normal(1, 1, 4, 5, 5);
        HostTensor weight = Data.normal(2, 6, 4, 3, 3);
        return Stream.of(
                Case.of("rejects a kernel larger than the image", conv())
                        .input(Data.normal(1, 1, 4, 2, 5))
                        .input(weight)
                        .rejects("Conv: the window is larger than the padded input: kernel 3"),
                Case.of("rejects groups that do not divide", new Conv(3, Window.of()))
                        .input(image)
                        .input(weight)
                        .rejects("Conv: group 3 does not divide the 4 channels of X and the 6 filters of W"),
                Case.of("rejects channels that differ", new Conv(2, Window.of()))
                        .input(image)
                        .input(weight)
                        .rejects("Conv: channels differ"),
                Case.of("rejects a kernel_shape that is not the weight's", conv(2, 2))
                        .input(image)
                        .input(weight)
                        .rejects("Conv: kernel_shape: expected [3, 3] as the weight has, given [2, 2]"),
                Case.of("rejects a bias of another length", conv())
                        .input(image)
                        .input(weight)
                        .input(Data.normal(3, 5))
                        .rejects("Conv: bias: expected [6]"),
                Case.of("rejects strides of 0", new Conv(1, Window.of().withStrides(0, 1)))
                        .input(image)
                        .input(weight)
                        .rejects("Conv: strides: expected 2 positive values, given [0, 1]"),
                Case.of("rejects negative pads", new Conv(1, Window.of().withPads(-1, 0, 0, 0)))
                        .input(image)
                        .input(weight)
                        .rejects("Conv: pads: expected 4 values of 0 or more"),
                Case.of("rejects pads that overflow", new Conv(1, Window.of().withPads(Long.MAX_VALUE, 0, 1, 0)))
                        .input(image)
                        .input(weight)
                        .rejects("Conv: sizes overflow 64 bits"),
                Case.of(
                                "rejects dilations that overflow",
                                new Conv(1, Window.of().withDilations(Long.MAX_VALUE, 1)))
                        .input(image)
                        .input(weight)
                        .rejects("Conv: sizes overflow 64 bits"),
                Case.of("rejects integers", conv())
                        .input(Data.range(DType.INT32, 1, 1, 3, 3))
                        .input(Data.range(DType.INT32, 1, 1, 2, 2))
                        .rejects("Conv: expected X, W and B of one float type"),
                Case.of("rejects no spatial axis", conv())
                        .input(Data.normal(1, 1, 4))
                        .input(Data.normal(2, 6, 4))
                        .rejects("Conv: expected X [batch, channels, spatial axes]"));
    }
}
