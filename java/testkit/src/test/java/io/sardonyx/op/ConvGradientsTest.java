package io.sardonyx.op;

import static io.sardonyx.op.ConvLayer.image;
import static io.sardonyx.op.ConvLayer.square;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.op.Window.AutoPad;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The gradients of a convolution's input and weight: what they are, that they are its adjoints, and many shapes. */
class ConvGradientsTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(
                        facts(),
                        layers().flatMap(ConvGradientsTest::exact),
                        Stream.of(DType.FLOAT16, DType.BFLOAT16)
                                .flatMap(dtype -> fewLayers().map(layer -> layer.with(dtype)))
                                .flatMap(ConvGradientsTest::exact),
                        Stream.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16)
                                .flatMap(dtype -> fewLayers().map(layer -> layer.with(dtype)))
                                .flatMap(ConvGradientsTest::rounded),
                        refused())
                .flatMap(s -> s);
    }

    /** {@code <dy, conv(x, w)> = <dx, x> = <dw, w>}: exactly, since all of it is small integers. */
    @TestFactory
    Stream<DynamicTest> areAdjoints() {
        return layers().map(layer -> DynamicTest.dynamicTest(layer.toString(), () -> areAdjoints(layer)));
    }

    private static void areAdjoints(ConvLayer layer) {
        HostTensor x = integers(layer, 1, layer.xShape());
        HostTensor w = integers(layer, 2, layer.wShape());
        HostTensor dy = integers(layer, 3, layer.yShape());
        double sum = inner(dy, run(new Conv(layer.group(), layer.window()), x, w));
        assertEquals(sum, inner(run(inputGradient(layer), dy, w), x), "dx");
        assertEquals(sum, inner(run(weightGradient(layer), dy, x), w), "dw");
    }

    private static HostTensor run(TensorOperator operator, HostTensor a, HostTensor b) {
        TensorType type = operator.infer(InputTypes.of(a.type(), b.type())).get(0);
        HostTensor result = HostTensor.allocate(type);
        operator.reference(Inputs.of(a, b), List.of(result));
        return result;
    }

    private static double inner(HostTensor a, HostTensor b) {
        assertEquals(a.shape(), b.shape());
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += a.getDouble(i) * b.getDouble(i);
        }
        return sum;
    }

    private static ConvGradInput inputGradient(ConvLayer layer) {
        return new ConvGradInput(layer.group(), layer.window(), layer.image());
    }

    private static ConvGradWeight weightGradient(ConvLayer layer) {
        return new ConvGradWeight(layer.group(), layer.window());
    }

    private static HostTensor normal(ConvLayer layer, long seed, Shape shape) {
        return Data.normal(layer.dtype(), seed, shape.toArray());
    }

    private static HostTensor integers(ConvLayer layer, long seed, Shape shape) {
        return Data.integers(layer.dtype(), seed, -3, 3, shape.toArray());
    }

    /** Both gradients, within the error of a sum in any order. */
    private static Stream<Case> rounded(ConvLayer layer) {
        HostTensor dy = normal(layer, 3, layer.yShape());
        long window = Shape.of(Window.array(layer.window().kernel())).elements();
        Tolerance ofInput = Tolerance.dot(layer.dtype(), layer.filters() / layer.group() * window);
        Tolerance ofWeight = Tolerance.dot(layer.dtype(), layer.yShape().elements() / Math.max(1, layer.filters()));
        return Stream.of(
                Case.of("dx " + layer, inputGradient(layer))
                        .input(dy)
                        .input(layer.w())
                        .within(ofInput),
                Case.of("dw " + layer, weightGradient(layer))
                        .input(dy)
                        .input(layer.x())
                        .within(ofWeight));
    }

    /** Both gradients of small integers, in which no sum is rounded: to the last bit; the weight may be packed. */
    private static Stream<Case> exact(ConvLayer layer) {
        HostTensor dy = integers(layer, 3, layer.yShape());
        return Stream.of(
                Case.of("dx of integers, " + layer, inputGradient(layer))
                        .input(dy)
                        .constant(integers(layer, 2, layer.wShape()))
                        .within(Tolerance.EXACT),
                Case.of("dw of integers, " + layer, weightGradient(layer))
                        .input(dy)
                        .input(integers(layer, 1, layer.xShape()))
                        .within(Tolerance.EXACT));
    }

    private static Stream<Case> facts() {
        HostTensor dy = HostTensor.of(Shape.of(1, 1, 2), 1f, 10f);
        HostTensor x = HostTensor.of(Shape.of(1, 1, 6), 1f, 2f, 3f, 4f, 5f, 6f);
        HostTensor w = HostTensor.of(Shape.of(1, 1, 3), 1f, 2f, 3f);
        Window two = Window.of(3).withStrides(2);
        return Stream.of(
                Case.of(
                                "each gradient spreads; what no window met gets nothing",
                                new ConvGradInput(1, two, List.of(6L)))
                        .input(dy)
                        .input(w)
                        .expect(HostTensor.of(Shape.of(1, 1, 6), 1f, 2f, 13f, 20f, 30f, 0f)),
                Case.of("the same positions of a shorter input", new ConvGradInput(1, two, List.of(5L)))
                        .input(dy)
                        .input(w)
                        .expect(HostTensor.of(Shape.of(1, 1, 5), 1f, 2f, 13f, 20f, 30f)),
                Case.of("a tap's gradient is what it met", new ConvGradWeight(1, two))
                        .input(dy)
                        .input(x)
                        .expect(HostTensor.of(Shape.of(1, 1, 3), 31f, 42f, 53f)),
                Case.of(
                                "attributes",
                                read("ConvGradInput", Map.of("input_shape", List.of(4L), "pads", List.of(1L, 0L))))
                        .input(HostTensor.of(Shape.of(1, 1, 3), 1f, 10f, 100f))
                        .input(w)
                        .expect(HostTensor.of(Shape.of(1, 1, 4), 12f, 123f, 230f, 300f)),
                Case.of(
                                "attributes of the weight's",
                                read("ConvGradWeight", Map.of("kernel_shape", List.of(3L), "strides", List.of(2L))))
                        .input(dy)
                        .input(x)
                        .expect(HostTensor.of(Shape.of(1, 1, 3), 31f, 42f, 53f)),
                Case.of("an infinity reaches the taps that met it, and no others", new ConvGradWeight(1, two))
                        .input(HostTensor.of(Shape.of(1, 1, 2), 1f, 1f))
                        .input(HostTensor.of(Shape.of(1, 1, 6), 1f, Float.POSITIVE_INFINITY, 1f, 1f, 1f, Float.NaN))
                        .expect(HostTensor.of(Shape.of(1, 1, 3), 2f, Float.POSITIVE_INFINITY, 2f)));
    }

    private static Operator read(String name, Map<String, Object> attributes) {
        return Operators.read(Operators.SARDONYX, name, Attributes.of(1, attributes))
                .orElseThrow();
    }

    /** On both sides of tiles, of vectors, of parts of the positions, and of what is summed channel by channel. */
    private static Stream<ConvLayer> layers() {
        List<ConvLayer> layers = new ArrayList<>();
        // Of a ResNet, with fewer channels and pixels.
        layers.add(ConvLayer.of(3, 16, image(18, 18), square(7, 2)).batch(2));
        layers.add(ConvLayer.of(16, 16, image(12, 12), square(3, 1)));
        layers.add(ConvLayer.of(16, 64, image(12, 12), Window.of(1, 1)));
        layers.add(ConvLayer.of(64, 16, image(12, 12), Window.of(1, 1)));
        layers.add(ConvLayer.of(32, 32, image(10, 10), square(3, 2)));
        layers.add(ConvLayer.of(64, 32, image(10, 10), Window.of(1, 1).withStrides(2, 2))
                .batch(2));
        layers.add(ConvLayer.of(32, 128, image(7, 7), Window.of(1, 1)));
        layers.add(ConvLayer.of(32, 32, image(7, 7), square(3, 1)).group(8).batch(2));
        // Of a MobileNet.
        layers.add(ConvLayer.of(3, 8, image(19, 19), square(3, 2)));
        layers.add(ConvLayer.of(24, 24, image(14, 14), square(3, 1)).group(24));
        layers.add(ConvLayer.of(24, 24, image(14, 14), square(3, 2)).group(24));
        layers.add(ConvLayer.of(40, 40, image(7, 7), square(5, 1)).group(40).batch(3));
        layers.add(ConvLayer.of(40, 40, image(9, 8), square(5, 2)).group(40));
        layers.add(ConvLayer.of(24, 96, image(5, 5), Window.of(1, 1)).batch(2));
        // Few channels and filters, and one of a kind.
        layers.add(ConvLayer.of(1, 1, image(1, 1), Window.of(1, 1)));
        layers.add(ConvLayer.of(1, 1, image(9, 17), square(3, 1)));
        layers.add(ConvLayer.of(1, 2, image(8, 33), square(3, 1)).batch(2));
        layers.add(ConvLayer.of(1, 5, image(6, 7), square(3, 1)));
        layers.add(ConvLayer.of(5, 1, image(6, 7), square(3, 1)));
        layers.add(ConvLayer.of(3, 65, image(4, 5), Window.of(2, 3)));
        layers.add(ConvLayer.of(17, 31, image(5, 6), square(3, 1)));
        layers.add(ConvLayer.of(33, 12, image(3, 7), Window.of(1, 1)).batch(3));
        layers.add(ConvLayer.of(8, 64, image(1, 1), Window.of(1, 1)).batch(5));
        layers.add(ConvLayer.of(6, 4, image(3, 3), Window.of(3, 3)).batch(7)); // a position an image
        layers.add(ConvLayer.of(129, 130, image(2, 3), Window.of(1, 1)));
        // More columns and filters than a thread of a CPU takes at a time, more rows than a block of them.
        layers.add(ConvLayer.of(50, 3, image(3, 4), square(3, 1)));
        layers.add(ConvLayer.of(12, 200, image(3, 4), square(3, 1)));
        layers.add(ConvLayer.of(2, 3, image(6, 5), square(8, 1)));
        // Tiles of 128 and of 64 on a GPU, where smaller ones would do for fewer.
        layers.add(ConvLayer.of(25, 225, image(3, 4), square(3, 1)));
        layers.add(ConvLayer.of(240, 120, image(2, 3), Window.of(1, 1)).group(2));
        // Positions around what is laid out at a time, and in several parts, of one image and of several.
        layers.add(ConvLayer.of(2, 3, image(16, 16), square(3, 1)));
        layers.add(ConvLayer.of(2, 3, image(10, 11), square(3, 1)).batch(3));
        layers.add(ConvLayer.of(2, 5, image(33, 33), square(3, 1)).batch(2));
        layers.add(ConvLayer.of(3, 2, image(1300), Window.of(3).withPads(1, 1)).batch(3));
        layers.add(ConvLayer.of(4, 6, image(5200), Window.of(1)).group(2));
        layers.add(ConvLayer.of(2, 2, image(4100), Window.of(3)).group(2));
        layers.add(ConvLayer.of(2, 3, image(7, 7), Window.of(1, 1)).batch(60));
        // Groups, depthwise with a multiplier, and what is just not depthwise.
        for (long group : new long[] {2, 3, 17}) {
            layers.add(ConvLayer.of(group, 2 * group, image(7, 5), square(3, 1)).group(group));
            layers.add(ConvLayer.of(group, 3 * group, image(4, 5), square(3, 2)).group(group));
            layers.add(
                    ConvLayer.of(2 * group, group, image(4, 21), square(3, 1)).group(group));
            layers.add(ConvLayer.of(4 * group, 8 * group, image(5, 5), square(3, 1))
                    .group(group)
                    .batch(2));
        }
        // Windows: strides, dilations, pads of all sides, and those that choose their pads.
        Window three = Window.of(3, 3);
        layers.add(ConvLayer.of(4, 7, image(5, 33), three.withPads(0, 1, 2, 3)));
        layers.add(ConvLayer.of(4, 7, image(5, 33), three.withPads(3, 0, 0, 0).withStrides(1, 2)));
        layers.add(ConvLayer.of(4, 7, image(5, 33), three.withPads(0, 0, 0, 5).withStrides(2, 1)));
        layers.add(ConvLayer.of(2, 3, image(1, 1), three.withPads(7, 6, 5, 4)));
        layers.add(ConvLayer.of(4, 4, image(14, 13), three.withDilations(12, 12).withPads(12, 12, 12, 12)));
        layers.add(ConvLayer.of(6, 6, image(13, 9), three.withDilations(2, 3).withPads(2, 1, 0, 3))
                .group(6));
        layers.add(ConvLayer.of(6, 5, image(11, 12), three.withStrides(5, 4)));
        layers.add(ConvLayer.of(6, 6, image(11, 12), three.withStrides(5, 4)).group(6));
        layers.add(ConvLayer.of(3, 8, image(16, 16), Window.of(8, 8).withStrides(8, 8)));
        layers.add(ConvLayer.of(3, 4, image(3, 2), Window.of(1, 1).withPads(1, 0, 0, 1)));
        for (AutoPad pad : List.of(AutoPad.SAME_UPPER, AutoPad.SAME_LOWER, AutoPad.VALID)) {
            Window even = Window.of(4, 2).withAutoPad(pad).withStrides(2, 3);
            layers.add(ConvLayer.of(5, 6, image(10, 11), even));
            layers.add(
                    ConvLayer.of(5, 5, image(11, 10), even.withDilations(2, 3)).group(5));
        }
        // One axis, and three.
        layers.add(ConvLayer.of(5, 9, image(50), Window.of(3).withStrides(2).withPads(1, 0)));
        layers.add(ConvLayer.of(8, 8, image(131), Window.of(7).withPads(6, 0)).group(8));
        layers.add(ConvLayer.of(33, 8, image(16), Window.of(1)).batch(2));
        Window cube = Window.of(3, 3, 3).withPads(1, 1, 1, 1, 1, 1);
        layers.add(ConvLayer.of(3, 8, image(4, 5, 6), cube));
        layers.add(ConvLayer.of(9, 4, image(3, 7, 5), cube.withStrides(2, 2, 2)).batch(2));
        layers.add(
                ConvLayer.of(4, 4, image(4, 4, 17), cube.withDilations(2, 1, 2)).group(4));
        layers.add(ConvLayer.of(4, 5, image(5, 6, 7), Window.of(3, 1, 2).withPads(1, 0, 0, 0, 0, 2)));
        // Nothing to sum, and nothing to sum it for.
        layers.add(ConvLayer.of(3, 4, image(5, 5), three).batch(0));
        layers.add(ConvLayer.of(4, 4, image(5, 5), three).batch(0).group(4));
        layers.add(ConvLayer.of(3, 0, image(5, 5), three));
        layers.add(ConvLayer.of(0, 3, image(5, 5), three));
        return layers.stream();
    }

    /** For all floats. */
    private static Stream<ConvLayer> fewLayers() {
        return Stream.of(
                ConvLayer.of(3, 8, image(3, 4), square(3, 1)),
                ConvLayer.of(16, 24, image(3, 5), Window.of(1, 1)),
                ConvLayer.of(9, 65, image(4, 4), square(3, 2)).batch(2),
                ConvLayer.of(5, 70, image(4, 8), square(3, 1)).batch(2),
                ConvLayer.of(3, 6, image(33, 32), square(3, 1)).batch(2),
                ConvLayer.of(3, 8, image(3, 4), square(3, 1)).batch(0),
                ConvLayer.of(8, 8, image(4, 4), square(3, 1)).group(8),
                ConvLayer.of(4, 6, image(9), Window.of(3).withDilations(2)).group(2),
                ConvLayer.of(3, 4, image(2, 3, 4), Window.of(2, 2, 2)));
    }

    private static Stream<Case> refused() {
        HostTensor dy = Data.normal(1, 2, 4, 5, 5);
        HostTensor w = Data.normal(2, 4, 3, 3, 3);
        HostTensor x = Data.normal(3, 2, 3, 7, 7);
        Window three = Window.of(3, 3);
        return Stream.of(
                Case.of("dx: refuses a size that gives other positions", new ConvGradInput(1, three, List.of(7L, 8L)))
                        .input(dy)
                        .input(w)
                        .rejects("ConvGradInput: dY: expected [2, 4, 5, 6]"),
                Case.of("dx: refuses too few sizes", new ConvGradInput(1, three, List.of(7L)))
                        .input(dy)
                        .input(w)
                        .rejects("ConvGradInput: input_shape: expected 2 values of 0 or more, given [7]"),
                Case.of("dx: refuses a negative size", new ConvGradInput(1, three, List.of(7L, -1L)))
                        .input(dy)
                        .input(w)
                        .rejects("ConvGradInput: input_shape: expected 2 values"),
                Case.of("dx: refuses other filters", new ConvGradInput(1, three, List.of(7L, 7L)))
                        .input(dy)
                        .input(Data.normal(2, 5, 3, 3, 3))
                        .rejects("ConvGradInput: dY: expected [2, 5, 5, 5]"),
                Case.of("dx: refuses groups that do not divide", new ConvGradInput(3, three, List.of(7L, 7L)))
                        .input(dy)
                        .input(w)
                        .rejects("ConvGradInput: group 3 does not divide the 4 filters of W"),
                Case.of("dx: refuses no group", new ConvGradInput(0, three, List.of(7L, 7L)))
                        .input(dy)
                        .input(w)
                        .rejects("ConvGradInput: group 0"),
                Case.of("dx: refuses another kernel_shape", new ConvGradInput(1, Window.of(3, 2), List.of(7L, 7L)))
                        .input(dy)
                        .input(w)
                        .rejects("ConvGradInput: kernel_shape: expected [3, 3]"),
                Case.of("dx: refuses two types", new ConvGradInput(1, three, List.of(7L, 7L)))
                        .input(dy)
                        .input(Data.normal(DType.FLOAT16, 2, 4, 3, 3, 3))
                        .rejects("ConvGradInput: expected dY and W of one float type"),
                Case.of("dw: refuses other positions", new ConvGradWeight(1, three.withPads(1, 1, 1, 1)))
                        .input(dy)
                        .input(x)
                        .rejects("ConvGradWeight: dY: expected [2, 4, 7, 7]"),
                Case.of("dw: refuses another batch", new ConvGradWeight(1, three))
                        .input(dy)
                        .input(Data.normal(3, 3, 3, 7, 7))
                        .rejects("ConvGradWeight: dY: expected [3, 4, 5, 5]"),
                Case.of("dw: refuses a kernel of unknown size", new ConvGradWeight(1, Window.of()))
                        .input(dy)
                        .input(x)
                        .rejects("ConvGradWeight: kernel_shape: expected 2 values, given []"),
                Case.of("dw: refuses groups that do not divide", new ConvGradWeight(2, three))
                        .input(dy)
                        .input(x)
                        .rejects("ConvGradWeight: group 2 does not divide the 3 channels of X"),
                Case.of("dw: refuses another rank", new ConvGradWeight(1, three))
                        .input(dy)
                        .input(Data.normal(3, 2, 3, 7))
                        .rejects("ConvGradWeight: expected dY [batch, filters, positions]"),
                Case.of("dw: refuses integers", new ConvGradWeight(1, three))
                        .input(Data.integers(DType.INT32, 1, -2, 2, 2, 4, 5, 5))
                        .input(Data.integers(DType.INT32, 2, -2, 2, 2, 3, 7, 7))
                        .rejects("ConvGradWeight: expected dY and X of one float type"));
    }
}
