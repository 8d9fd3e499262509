package io.sardonyx.op;

import io.sardonyx.op.GridSample.Padding;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

class GridSampleTest extends OperatorTest {
    private static final GridSample NEAREST = new GridSample(Resize.Mode.NEAREST, Padding.ZEROS, false);
    private static final GridSample LINEAR = new GridSample(Resize.Mode.LINEAR, Padding.ZEROS, false);
    private static final GridSample CUBIC = new GridSample(Resize.Mode.CUBIC, Padding.REFLECTION, false);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(small(), everywhere(), sizes()).flatMap(s -> s);
    }

    private static HostTensor image(double... values) {
        int size = (int) Math.sqrt(values.length);
        return HostTensor.of(DType.FLOAT32, Shape.of(1, 1, size, size), values);
    }

    private static HostTensor points(double... coordinates) {
        return HostTensor.of(DType.FLOAT32, Shape.of(1, 1, coordinates.length / 2, 2), coordinates);
    }

    private static Case four(String name, GridSample operator, double... expected) {
        return Case.of(name, operator)
                .input(image(1, 2, 3, 4))
                .input(points(-.5, -.5, 0, 0, 1.5, .5, Double.POSITIVE_INFINITY, 0))
                .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 1, 4), expected));
    }

    private static Stream<Case> small() {
        var border = new GridSample(Resize.Mode.NEAREST, Padding.BORDER, false);
        var corners = new GridSample(Resize.Mode.LINEAR, Padding.BORDER, true);
        var itself = new GridSample(Resize.Mode.NEAREST, Padding.REFLECTION, true);
        return Stream.of(
                four("nearest, zero outside", NEAREST, 1, 1, 0, 0),
                four("nearest, the border outside", border, 1, 1, 4, 2),
                Case.of("linear, corners aligned", corners)
                        .input(image(1, 2, 3, 4))
                        .input(points(-.5, -.5, 0, 0, 1.5, .5))
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 1, 3), 1.75, 2.5, 3.5)),
                Case.of("one element reflects itself", itself)
                        .input(image(7))
                        .input(points(5, -9))
                        .expect(image(7)),
                Case.of("what weighs nothing does not count", LINEAR)
                        .input(image(1, Double.NaN, Double.POSITIVE_INFINITY, 4))
                        .input(points(-.5, -.5))
                        .expect(image(1)),
                Case.of("rejects coordinates of another number", NEAREST)
                        .input(image(1))
                        .input(Data.normal(1, 1, 1, 1, 3))
                        .rejects("GridSample: expected X [N, C, spatial axes] and grid"),
                Case.of("rejects an X without elements", NEAREST)
                        .input(Data.normal(1, 1, 1, 0, 3))
                        .input(Data.normal(1, 1, 1, 1, 2))
                        .rejects("GridSample: X [1, 1, 0, 3] has no element to sample"));
    }

    /** Every mode, outside and alignment, on a line, an image and a volume, with coordinates far away and none at all. */
    private static Stream<Case> everywhere() {
        List<Case> cases = new ArrayList<>();
        for (Resize.Mode mode : Resize.Mode.values()) {
            for (Padding padding : Padding.values()) {
                for (boolean aligned : new boolean[] {false, true}) {
                    var operator = new GridSample(mode, padding, aligned);
                    for (long[] size : new long[][] {{7}, {5, 6}, {3, 1, 4}}) {
                        cases.add(everywhere(operator, DType.FLOAT32, Shape.of(size)));
                    }
                }
            }
            var operator = new GridSample(mode, Padding.REFLECTION, false);
            for (DType dtype : new DType[] {DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64}) {
                cases.add(everywhere(operator, dtype, Shape.of(5, 6)));
            }
        }
        return cases.stream();
    }

    private static Case everywhere(GridSample operator, DType dtype, Shape axes) {
        HostTensor grid = Data.uniform(
                dtype,
                2,
                -2.5,
                2.5,
                Shape.of(2).concat(axes).concat(Shape.of(axes.rank())).toArray());
        grid.set(0, Double.NaN);
        grid.set(axes.rank(), Double.POSITIVE_INFINITY);
        grid.set(2 * axes.rank(), -1e30);
        Case c = Case.of(operator + " of " + dtype + axes, operator)
                .input(Data.normal(dtype, 1, Shape.of(2, 3).concat(axes).toArray()))
                .input(grid);
        return c.within(dtype == DType.FLOAT32 ? Tolerance.dot(dtype, 64) : Tolerance.standard(dtype));
    }

    private static Case sized(String name, GridSample operator, long[] x, long... grid) {
        return Case.of(name, operator)
                .input(Data.normal(1, x))
                .input(Data.uniform(DType.FLOAT32, 2, -1.2, 1.2, grid))
                .within(Tolerance.dot(DType.FLOAT32, 64));
    }

    private static Stream<Case> sizes() {
        return Stream.of(
                sized("cubic reflection", CUBIC, new long[] {2, 3, 5, 6}, 2, 4, 5, 2),
                sized("volumes", LINEAR, new long[] {1, 2, 3, 4, 5}, 1, 2, 2, 3, 3),
                sized("more points than threads of a block", LINEAR, new long[] {2, 2, 9, 7}, 2, 13, 11, 2),
                sized("few points of many channels", LINEAR, new long[] {1, 700, 3, 4}, 1, 1, 2, 2),
                sized("no points", LINEAR, new long[] {1, 2, 3, 4}, 1, 0, 5, 2),
                sized("no channels", LINEAR, new long[] {1, 0, 3, 4}, 1, 2, 5, 2),
                sized("no images", LINEAR, new long[] {0, 2, 3, 4}, 0, 2, 5, 2),
                Case.of("four axes", LINEAR)
                        .input(Data.normal(1, 1, 2, 2, 3, 2, 3))
                        .input(Data.uniform(DType.FLOAT32, 2, -1.2, 1.2, 1, 2, 1, 2, 1, 4)),
                Case.of("integers, nearest", NEAREST)
                        .input(Data.integers(DType.INT64, 1, -9, 9, 1, 2, 4, 5))
                        .input(Data.uniform(DType.FLOAT32, 2, -1.2, 1.2, 1, 3, 3, 2)));
    }
}
