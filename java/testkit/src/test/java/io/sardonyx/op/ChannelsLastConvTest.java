package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.device.Launch.Argument;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Convolutions with channels last: what is chosen for every kind of shape, and each kernel by its own key. */
class ChannelsLastConvTest extends OperatorTest {
    private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), shapes(), fused(), kernels(), bf16x6(), refused())
                .flatMap(s -> s);
    }

    private static ChannelsLastConv plain(long group, Window window) {
        return new ChannelsLastConv(new Conv(group, window), Activation.NONE, false);
    }

    private static Stream<Case> facts() {
        HostTensor ones = HostTensor.of(Shape.of(1, 2, 2, 1), 1f, 1f, 1f, 1f);
        return Stream.of(
                Case.of("sums of four", plain(1, Window.of(2, 2)))
                        .input(Data.range(DType.FLOAT32, 1, 3, 3, 1))
                        .input(ones)
                        .expect(HostTensor.of(Shape.of(1, 2, 2, 1), 8f, 12f, 20f, 24f)),
                Case.of("channels lie side by side", plain(1, Window.of(1)))
                        .input(HostTensor.of(Shape.of(1, 2, 3), 1f, 2f, 3f, 4f, 5f, 6f))
                        .input(HostTensor.of(Shape.of(2, 1, 3), 1f, 0f, 0f, 1f, 10f, 100f))
                        .expect(HostTensor.of(Shape.of(1, 2, 2), 1f, 321f, 4f, 654f)),
                Case.of("a depthwise tap of each channel", plain(2, Window.of(2)))
                        .input(HostTensor.of(Shape.of(1, 2, 2), 1f, 2f, 3f, 4f))
                        .input(HostTensor.of(Shape.of(2, 2, 1), 1f, 10f, 100f, 1000f))
                        .expect(HostTensor.of(Shape.of(1, 1, 2), 31f, 4200f)),
                Case.of("no image", plain(1, Window.of(2, 2)))
                        .input(Data.normal(1, 0, 3, 3, 1))
                        .input(ones),
                Case.of("no channels leave the bias", plain(1, Window.of(2, 2)))
                        .input(Data.normal(1, 1, 2, 3, 0))
                        .input(Data.normal(1, 2, 2, 2, 0))
                        .input(HostTensor.of(Shape.of(2), 5f, 6f))
                        .expect(HostTensor.of(Shape.of(1, 1, 2, 2), 5f, 6f, 5f, 6f)),
                Case.of(
                                "read from attributes",
                                Operators.read(
                                                Operators.SARDONYX,
                                                "ChannelsLastConv",
                                                Attributes.of(1, Map.of("activation", "Relu", "strides", List.of(2L))))
                                        .get())
                        .input(HostTensor.of(Shape.of(1, 3, 1), -5f, 0.5f, 5f))
                        .input(HostTensor.of(Shape.of(1, 1, 1), 1f))
                        .expect(HostTensor.of(Shape.of(1, 2, 1), 0f, 5f)));
    }

    /** A shape: group, batch, channels and filters of all groups, then the image, and the kernel's window. */
    private record Layer(long group, long batch, long channels, long filters, long[] image, Window window) {
        long depth() {
            return channels / group * Shape.of(Window.array(window.kernel())).elements();
        }

        Shape x() {
            return Shape.of(batch).concat(Shape.of(image)).concat(Shape.of(channels));
        }

        Shape w() {
            return Shape.of(filters)
                    .concat(Shape.of(Window.array(window.kernel())))
                    .concat(Shape.of(channels / group));
        }

        /** With numbers of all bits. */
        Case normal(DType dtype, String name, TensorOperator operator) {
            return Case.of(name + dtype + ", " + this, operator)
                    .input(Data.normal(dtype, 1, x().toArray()))
                    .input(Data.normal(dtype, 2, w().toArray()))
                    .input(Data.normal(dtype, 3, filters))
                    .within(Tolerance.dot(dtype, depth()));
        }

        /** With small integers, whose sums are exact in any order. */
        Case exact(DType dtype, String name, TensorOperator operator) {
            return Case.of(name + ", " + this, operator)
                    .input(Data.integers(dtype, 1, -1, 1, x().toArray()))
                    .input(Data.integers(dtype, 2, -1, 1, w().toArray()))
                    .input(Data.integers(dtype, 3, -2, 2, filters));
        }

        @Override
        public String toString() {
            return "group " + group + ", " + batch + " x " + Window.list(image) + " x " + channels + " -> " + filters
                    + ", kernel " + window.kernel() + " / " + window.strides() + " dilated " + window.dilations()
                    + " padded " + window.pads();
        }
    }

    private static Layer layer(long group, long batch, long channels, long filters, Window window, long... image) {
        return new Layer(group, batch, channels, filters, image, window);
    }

    private static final Window THREE = Window.of(3, 3).withPads(1, 1, 1, 1);

    private static List<Layer> layers() {
        Window odd = Window.of(3, 2).withPads(0, 1, 2, 1);
        return List.of(
                layer(1, 1, 1, 1, Window.of(1, 1), 1, 1),
                layer(1, 2, 8, 16, Window.of(1, 1), 5, 7),
                layer(1, 1, 72, 64, Window.of(1, 1), 9, 7),
                layer(4, 2, 64, 64, Window.of(1, 1), 5, 3),
                layer(4, 1, 16, 16, Window.of(1, 1), 5, 3),
                layer(9, 1, 9, 18, Window.of(1), 7),
                layer(1, 3, 16, 64, Window.of(1, 1).withStrides(2, 3), 9, 8),
                layer(1, 2, 16, 15, THREE, 9, 7),
                layer(1, 1, 64, 130, THREE, 7, 7),
                layer(1, 1, 72, 2, THREE, 6, 5),
                layer(1, 2, 31, 16, THREE, 7, 6),
                layer(1, 1, 12, 64, THREE.withStrides(2, 2), 13, 14),
                layer(1, 1, 5, 1, odd.withStrides(3, 1), 11, 10),
                layer(1, 3, 8, 64, odd.withDilations(2, 2), 9, 11),
                layer(1, 1, 24, 40, Window.of(5, 5).withPads(2, 2, 2, 2), 6, 9),
                layer(1, 1, 256, 64, THREE, 4, 5),
                layer(1, 2, 3, 16, Window.of(7, 7).withPads(3, 3, 3, 3).withStrides(2, 2), 17, 19),
                layer(1, 1, 3, 64, THREE, 8, 37),
                layer(1, 2, 4, 15, THREE.withStrides(2, 1), 9, 10),
                layer(1, 1, 1, 130, Window.of(5, 5), 9, 9),
                layer(1, 1, 2, 8, THREE.withDilations(2, 2), 9, 9),
                layer(16, 2, 16, 16, THREE, 7, 9),
                layer(64, 1, 64, 64, THREE.withStrides(2, 2), 9, 11),
                layer(5, 1, 5, 5, THREE, 6, 7),
                layer(8, 1, 8, 16, THREE, 5, 6),
                layer(72, 1, 72, 72, Window.of(5, 5).withPads(2, 1, 2, 3).withDilations(2, 1), 9, 20),
                layer(31, 2, 31, 62, odd.withStrides(1, 2), 7, 9),
                layer(16, 1, 16, 16, Window.of(7, 7).withPads(3, 3, 3, 3), 10, 12),
                layer(16, 1, 64, 64, THREE, 6, 5),
                layer(8, 2, 64, 64, THREE.withStrides(2, 2), 7, 5),
                layer(2, 1, 64, 64, THREE, 6, 5),
                layer(2, 1, 6, 10, THREE, 6, 5),
                layer(16, 1, 32, 32, THREE.withDilations(2, 1), 7, 9),
                layer(4, 1, 32, 64, odd, 6, 6),
                layer(6, 1, 18, 18, THREE, 5, 6),
                layer(1, 2, 16, 64, Window.of(7).withPads(3, 3).withStrides(2), 50),
                layer(8, 2, 8, 8, Window.of(4).withPads(3, 0), 37),
                layer(1, 1, 3, 2, Window.of(80).withStrides(3), 200),
                layer(1, 1, 16, 16, Window.of(3, 3, 3).withPads(1, 1, 1, 1, 1, 1), 4, 5, 6),
                layer(1, 2, 8, 15, Window.of(2, 3, 2).withStrides(2, 1, 3).withPads(1, 0, 1, 0, 2, 1), 5, 6, 7),
                layer(1, 1, 3, 8, Window.of(3, 2, 3), 4, 5, 6),
                layer(4, 1, 4, 4, Window.of(3, 3, 3).withPads(1, 0, 1, 1, 2, 0), 4, 4, 9));
    }

    private static Stream<Case> shapes() {
        List<Case> cases = new ArrayList<>();
        for (Layer layer : layers()) {
            for (DType dtype : FLOATS) {
                cases.add(layer.normal(dtype, "", plain(layer.group, layer.window)));
            }
        }
        cases.add(layer(1, 1, 4, 3, Window.of(2, 2), 5, 4).normal(DType.FLOAT64, "", plain(1, Window.of(2, 2))));
        return cases.stream();
    }

    private static Stream<Case> fused() {
        List<Case> cases = new ArrayList<>();
        for (Activation activation : List.of(
                Activation.RELU, Activation.clip(-1, 1), Activation.SILU, Activation.GELU, Activation.GELU_TANH)) {
            for (Layer layer : List.of(
                    layer(1, 1, 16, 24, THREE, 6, 5),
                    layer(1, 1, 3, 9, THREE, 6, 5),
                    layer(1, 1, 7, 9, THREE, 6, 5),
                    layer(8, 1, 8, 8, THREE, 6, 5),
                    layer(4, 1, 16, 16, THREE, 6, 5),
                    layer(1, 1, 8, 24, Window.of(1, 1), 6, 5))) {
                for (DType dtype : FLOATS) {
                    Tolerance tolerance = Tolerance.dot(dtype, 8 * layer.depth());
                    for (boolean addLast : new boolean[] {false, true}) {
                        var conv = new ChannelsLastConv(new Conv(layer.group, layer.window), activation, addLast);
                        String residual = ", residual " + (addLast ? "last, " : "first, ");
                        cases.add(layer.normal(dtype, activation.kind() + residual, conv)
                                .input(Data.normal(dtype, 4, 1, 6, 5, layer.filters))
                                .within(tolerance));
                    }
                    var conv = new ChannelsLastConv(new Conv(layer.group, layer.window), activation, false);
                    cases.add(
                            layer.normal(dtype, activation.kind() + ", ", conv).within(tolerance));
                }
            }
        }
        return cases.stream();
    }

    /** A convolution by one kernel. */
    private record By(String kernel, ChannelsLastConv conv) implements TensorOperator {
        private static final long SCRATCH = 16 << 20;

        @Override
        public List<TensorType> infer(InputTypes in) {
            return conv.infer(in);
        }

        @Override
        public void reference(Inputs in, List<HostTensor> out) {
            conv.reference(in, out);
        }

        @Override
        public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
            return conv.launch(in, out).map(from -> {
                Launch launch = Launch.ofKey(kernel).params(from.params()).scratch(SCRATCH);
                for (Argument argument : from.arguments()) {
                    if (argument instanceof Argument.Input input) {
                        launch.input(input.index());
                    } else if (argument instanceof Argument.Output output) {
                        launch.output(output.index());
                    }
                }
                return launch;
            });
        }
    }

    private static final List<Layer> TENSOR_CORES = List.of(
            layer(1, 2, 16, 64, THREE, 7, 9),
            layer(1, 1, 8, 136, THREE.withStrides(2, 1), 17, 9),
            layer(1, 2, 72, 24, Window.of(3, 2).withPads(0, 1, 2, 1).withDilations(2, 2), 9, 11),
            layer(1, 1, 256, 72, THREE, 5, 5),
            layer(1, 3, 24, 15, Window.of(4).withPads(3, 1).withStrides(3), 41),
            layer(1, 2, 16, 16, Window.of(3, 2, 2).withPads(1, 0, 1, 1, 1, 0).withStrides(1, 2, 1), 4, 5, 6),
            layer(2, 1, 128, 36, THREE, 5, 6),
            layer(1, 20, 8, 8, THREE, 12, 11));

    private static Stream<Case> kernels() {
        List<Case> cases = new ArrayList<>();
        for (DType dtype : halves()) {
            for (String tile : List.of(
                    "sm80.%s.128x128",
                    "sm80.%s.128x64", "sm80.%s.64x64", "sm90.%s.128x256", "sm90.%s.128x128", "sm90.%s.128x64")) {
                addExact(cases, "conv_" + String.format(tile, dtype.key()), dtype);
            }
        }
        addExact(cases, "conv_channels_last_tf32.f32", DType.FLOAT32);
        addExact(cases, "conv_simt.f32.128x128", DType.FLOAT32);
        addExact(cases, "conv_simt.f32.64x64", DType.FLOAT32);
        addExact(cases, "conv_simt.f16.64x64", DType.FLOAT16);
        // One sum of 1536 products after the other is off by up to twice as much.
        Layer deep = layer(1, 1, 512, 64, Window.of(3, 3), 3, 3);
        cases.add(Case.of("long sums lose few bits", new By("conv_simt.f32.64x64", plain(1, deep.window)))
                .input(Data.uniform(DType.FLOAT32, 1, 0, 1, deep.x().toArray()))
                .input(Data.uniform(DType.FLOAT32, 2, 0, 1, deep.w().toArray()))
                .within(Tolerance.of(5 * 0x1p-24, 0)));
        return cases.stream();
    }

    private static void addExact(List<Case> cases, String kernel, DType dtype) {
        for (Layer layer : TENSOR_CORES) {
            var conv = new ChannelsLastConv(new Conv(layer.group, layer.window), Activation.RELU, false);
            cases.add(layer.exact(dtype, kernel, new By(kernel, conv)).within(Tolerance.EXACT));
        }
    }

    /** By the kernel alone, for every kind of window; and by what is launched once it is the default. */
    private static Stream<Case> bf16x6() {
        List<Case> cases = new ArrayList<>();
        for (Layer layer : TENSOR_CORES) {
            if (layer.group == 1) {
                var conv = new ChannelsLastConv(new Conv(1, layer.window), Activation.RELU, false);
                cases.add(
                        layer.exact(DType.FLOAT32, BF16X6, new By(BF16X6, conv)).within(Tolerance.EXACT));
                cases.add(layer.normal(DType.FLOAT32, BF16X6 + ", ", new By(BF16X6, conv)));
            }
        }
        for (Layer layer : List.of(
                layer(1, 2, 3, 130, THREE.withStrides(2, 2), 9, 11),
                layer(1, 1, 33, 7, THREE, 11, 13),
                layer(1, 1, 1, 1, Window.of(1), 1))) {
            cases.add(layer.normal(DType.FLOAT32, BF16X6 + ", ", new By(BF16X6, plain(1, layer.window))));
        }
        for (float odd :
                new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3e38f, 1e-38f, Float.MIN_VALUE
                }) {
            cases.add(odd(odd, true));
            cases.add(odd(odd, false));
        }
        // Where products are rounded to float32, as on a simulated device without tensor cores, the last bit is lost.
        float more = 1 + 0x1p-12f;
        cases.add(Case.of(BF16X6 + " keeps all bits of a product", new By(BF16X6, plain(1, Window.of(1))))
                .input(HostTensor.of(Shape.of(1, 1, 2), -1f, more))
                .input(HostTensor.of(Shape.of(1, 1, 2), 1f, more))
                .expect(HostTensor.of(Shape.of(1, 1, 1), 0x1p-11f + 0x1p-24f))
                .within(Tolerance.EXACT));
        Layer whole = layer(1, 2, 32, 72, THREE.withStrides(2, 2), 13, 11);
        for (Layer layer : List.of(
                whole,
                layer(1, 1, 136, 64, Window.of(1, 1), 9, 8),
                layer(1, 3, 23, 65, Window.of(7).withPads(3, 3).withDilations(2), 37),
                // TMA takes no step so wide; stages would be half empty.
                layer(1, 1, 32, 64, Window.of(5).withStrides(9), 600),
                layer(1, 1, 35, 64, THREE, 9, 8))) {
            cases.add(layer.normal(DType.FLOAT32, "by default, ", byDefault(layer.window, Activation.RELU, false)));
        }
        for (boolean addLast : new boolean[] {false, true}) {
            cases.add(whole.normal(
                            DType.FLOAT32,
                            "by default, residual " + (addLast ? "last, " : "first, "),
                            byDefault(whole.window, Activation.RELU, addLast))
                    .input(Data.normal(4, 2, 7, 6, 72)));
        }
        return cases.stream();
    }

    private static final String BF16X6 = "conv_bf16x6.f32";

    private static ByBf16x6 byDefault(Window window, Activation activation, boolean addLast) {
        return new ByBf16x6(
                new ChannelsLastConv(new Conv(1, window), activation, addLast), "conv_channels_last_bf16x6.f32");
    }

    /** One number that cannot be split into three bfloat16 of eight bits, among zeros, in the image or among the weights. */
    private static Case odd(float odd, boolean inImage) {
        HostTensor x = inImage ? zeros(1, 6, 5, 8) : Data.uniform(DType.FLOAT32, 1, .5, 1, 1, 6, 5, 8);
        HostTensor w = inImage ? Data.uniform(DType.FLOAT32, 2, .5, 1, 9, 2, 2, 8) : zeros(9, 2, 2, 8);
        (inImage ? x : w).set(77, odd);
        return Case.of(BF16X6 + ", " + odd + (inImage ? " in x" : " in w"), new By(BF16X6, plain(1, Window.of(2, 2))))
                .input(x)
                .input(w)
                .within(Tolerance.of(1e-6, 0));
    }

    private static HostTensor zeros(long... sizes) {
        return HostTensor.allocate(TensorType.of(DType.FLOAT32, sizes));
    }

    private static Stream<Case> refused() {
        HostTensor image = Data.normal(1, 1, 5, 5, 4);
        HostTensor weight = Data.normal(2, 6, 3, 3, 4);
        return Stream.of(
                Case.of("rejects a kernel larger than the image", plain(1, Window.of()))
                        .input(Data.normal(1, 1, 2, 5, 4))
                        .input(weight)
                        .rejects("ChannelsLastConv: the window is larger than the padded input: kernel 3"),
                Case.of("rejects groups that do not divide", plain(3, Window.of()))
                        .input(image)
                        .input(weight)
                        .rejects(
                                "ChannelsLastConv: group 3 does not divide the 4 channels of X and the 6 filters of W"),
                Case.of("rejects channels that differ", plain(2, Window.of()))
                        .input(image)
                        .input(weight)
                        .rejects("ChannelsLastConv: channels differ"),
                Case.of("rejects a bias of another length", plain(1, Window.of()))
                        .input(image)
                        .input(weight)
                        .input(Data.normal(3, 5))
                        .rejects("ChannelsLastConv: bias: expected [6]"),
                Case.of("rejects a residual of another shape", plain(1, Window.of()))
                        .input(image)
                        .input(weight)
                        .input(Data.normal(3, 6))
                        .input(Data.normal(4, 1, 6, 3, 3))
                        .rejects("ChannelsLastConv: shapes do not broadcast"),
                Case.of("rejects ranks that differ", plain(1, Window.of()))
                        .input(image)
                        .input(Data.normal(2, 6, 3, 4))
                        .rejects("ChannelsLastConv: expected X [batch, spatial axes, channels]"));
    }
}
