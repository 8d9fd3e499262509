package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.stream.Stream;

class DeformConvTest extends OperatorTest {
    private static final DeformConv PLAIN = new DeformConv(1, 1, Window.of(1, 1));
    private static final HostTensor ONE = HostTensor.of(Shape.of(1, 1, 1, 1), 1f);
    private static final HostTensor DOWN =
            HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 2, 2), .5, .5, .5, .5, 0, 0, 0, 0);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(small(), shapes(), types(), bad()).flatMap(s -> s);
    }

    private static HostTensor image(double... values) {
        return HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 2), values);
    }

    private static Case moved(String name, double... offsets) {
        return Case.of(name, PLAIN)
                .input(image(1, 2, 3, 4))
                .input(ONE)
                .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 2, 2), offsets));
    }

    private static Stream<Case> small() {
        double inf = Double.POSITIVE_INFINITY;
        double nan = Double.NaN;
        return Stream.of(
                Case.of("half a row down", PLAIN)
                        .input(image(1, 2, 3, 4))
                        .input(ONE)
                        .input(DOWN)
                        .expect(image(2, 3, 1.5, 2)),
                Case.of("masked, with a bias", PLAIN)
                        .input(image(1, 2, 3, 4))
                        .input(ONE)
                        .input(DOWN)
                        .input(HostTensor.of(Shape.of(1), 10f))
                        .input(image(1, 0, .5, 2))
                        .expect(image(12, 10, 10.75, 14)),
                moved("to where nothing is", inf, -inf, nan, 0, 0, 0, 0, nan).expect(image(0, 0, 0, 0)),
                moved("far away", 1e30, -1e30, 1e9, 0, 0, 0, 0, -1e19).expect(image(0, 0, 0, 0)),
                moved("half an element outside", -.5, 0, .5, 0, 0, .5, 0, 0).expect(image(.5, 1, 1.5, 4)),
                Case.of("what weighs nothing does not count", PLAIN)
                        .input(image(1, nan, 3, inf))
                        .input(ONE)
                        .input(DOWN)
                        .expect(image(2, nan, 1.5, inf)),
                Case.of("a mask that is no number", PLAIN)
                        .input(image(1, 2, 3, 4))
                        .input(ONE)
                        .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 2, 2), 0, 9, 0, 9, 0, 0, 0, 0))
                        .absent()
                        .input(image(nan, nan, inf, inf))
                        .expect(image(nan, nan, inf, nan)));
    }

    /** With offsets of up to two elements; {@code x} is X's shape, {@code w} W's. */
    private static Case random(
            String name, DeformConv operator, DType dtype, boolean bias, boolean mask, Shape x, Shape w) {
        Convolution shapes = Convolution.of("DeformConv", operator.window(), operator.group(), x, w);
        Shape output = Shape.of(shapes.sliding().output);
        long taps = operator.offsetGroup() * shapes.sliding().taps();
        Shape offset = Shape.of(x.size(0), taps * output.rank()).concat(output);
        Case c = Case.of(name, operator)
                .input(Data.normal(dtype, 1, x.toArray()))
                .input(Data.normal(dtype, 2, w.toArray()))
                .input(Data.uniform(dtype, 3, -2, 2, offset.toArray()));
        if (bias || mask) {
            c = bias ? c.input(Data.normal(dtype, 4, w.size(0))) : c.absent();
        }
        if (mask) {
            c.input(Data.uniform(
                    dtype, 5, 0, 1, Shape.of(x.size(0), taps).concat(output).toArray()));
        }
        return c.within(Tolerance.dot(dtype, 4 * w.elements(1, w.rank())));
    }

    private static DeformConv of(long group, long offsetGroup, Window window) {
        return new DeformConv(group, offsetGroup, window);
    }

    private static Case plain(String name, DeformConv operator, Shape x, Shape w) {
        return random(name, operator, DType.FLOAT32, false, false, x, w);
    }

    private static Case biased(String name, DeformConv operator, Shape x, Shape w) {
        return random(name + ", biased", operator, DType.FLOAT32, true, false, x, w);
    }

    private static Case masked(String name, DeformConv operator, Shape x, Shape w) {
        return random(name + ", masked", operator, DType.FLOAT32, false, true, x, w);
    }

    private static Case both(String name, DeformConv operator, Shape x, Shape w) {
        return random(name + ", biased and masked", operator, DType.FLOAT32, true, true, x, w);
    }

    private static Shape shape(long... sizes) {
        return Shape.of(sizes);
    }

    private static Stream<Case> shapes() {
        Window dense = Window.of();
        Window same = dense.withPads(1, 1, 1, 1);
        Window odd = dense.withStrides(2, 1).withDilations(1, 2).withPads(0, 2, 1, 3);
        Window deep = dense.withPads(1, 0, 1, 0, 1, 1);
        return Stream.of(
                plain("one element", of(1, 1, dense), shape(1, 1, 1, 1), shape(1, 1, 1, 1)),
                plain("three by three", of(1, 1, same), shape(1, 3, 5, 6), shape(4, 3, 3, 3)),
                both("a batch", of(1, 1, same), shape(2, 5, 7, 9), shape(7, 5, 3, 3)),
                both("strides, dilations, pads", of(1, 1, odd), shape(2, 3, 8, 7), shape(5, 3, 3, 2)),
                biased("groups", of(3, 1, same), shape(2, 6, 4, 5), shape(9, 2, 3, 3)),
                masked("offset groups", of(1, 3, same), shape(2, 6, 4, 5), shape(5, 6, 3, 3)),
                both("groups across offset groups", of(3, 2, dense), shape(1, 12, 4, 5), shape(6, 4, 2, 2)),
                both("offset groups across groups", of(2, 4, dense), shape(1, 8, 4, 5), shape(6, 4, 2, 2)),
                masked("a channel in each group", of(6, 6, same), shape(1, 6, 5, 5), shape(6, 1, 3, 3)),
                both("more than a tile", of(1, 1, dense), shape(1, 3, 10, 9), shape(70, 3, 2, 2)),
                biased("deeper than a block", of(1, 2, dense), shape(1, 90, 3, 4), shape(14, 90, 3, 2)),
                both("on a line", of(2, 1, dense.withPads(1, 2)), shape(2, 4, 11), shape(6, 2, 3)),
                both("in a volume", of(1, 2, deep), shape(2, 4, 3, 4, 3), shape(3, 4, 2, 3, 2)),
                both("four axes", of(1, 1, dense), shape(1, 2, 2, 3, 2, 2), shape(3, 2, 1, 2, 2, 1)),
                both("nothing but padding", of(1, 1, same), shape(1, 2, 0, 3), shape(3, 2, 2, 2)),
                both("no images", of(1, 1, same), shape(0, 2, 3, 3), shape(3, 2, 2, 2)),
                both("no channels", of(1, 1, same), shape(1, 0, 3, 3), shape(3, 0, 2, 2)),
                both("no filters", of(1, 1, same), shape(1, 2, 3, 3), shape(0, 2, 2, 2)));
    }

    private static Stream<Case> types() {
        DeformConv operator = of(1, 2, Window.of().withPads(1, 1, 1, 1));
        Shape x = shape(2, 4, 5, 7);
        return Stream.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64)
                .map(dtype -> random("of " + dtype, operator, dtype, true, true, x, shape(5, 4, 3, 3)));
    }

    private static Stream<Case> bad() {
        return Stream.of(
                Case.of("rejects offsets of another shape", PLAIN)
                        .input(image(1, 2, 3, 4))
                        .input(ONE)
                        .input(Data.normal(1, 1, 2, 2, 1))
                        .rejects("DeformConv: offset: expected [1, 2, 2, 2]"),
                Case.of("rejects a mask of another shape", PLAIN)
                        .input(image(1, 2, 3, 4))
                        .input(ONE)
                        .input(DOWN)
                        .absent()
                        .input(Data.normal(1, 1, 2, 2, 2))
                        .rejects("DeformConv: mask: expected [1, 1, 2, 2]"),
                Case.of("rejects an offset group that does not divide", new DeformConv(1, 2, Window.of(1, 1)))
                        .input(image(1, 2, 3, 4))
                        .input(ONE)
                        .input(DOWN)
                        .rejects("DeformConv: offset_group 2 does not divide the 1 channels of X"));
    }
}
