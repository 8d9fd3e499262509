package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** NonZero, Unique, NonMaxSuppression and Det. */
class SelectionTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(nonZero(), unique(), boxes(), determinants()).flatMap(s -> s);
    }

    private static HostTensor longs(long... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor floats(float... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static Stream<Case> nonZero() {
        return Stream.of(
                Case.of("matrix", new NonZero())
                        .input(HostTensor.of(Shape.of(2, 2), 1f, 0f, Float.NaN, -0f))
                        .expect(HostTensor.of(Shape.of(2, 2), 0L, 1L, 0L, 0L)),
                Case.of("scalar", new NonZero())
                        .input(HostTensor.of(Shape.SCALAR, 5L))
                        .expect(HostTensor.of(Shape.of(0, 1), new long[0])),
                Case.of("empty", new NonZero())
                        .input(Data.normal(1, 3, 0))
                        .expect(HostTensor.of(Shape.of(2, 0), new long[0])));
    }

    private static Stream<Case> unique() {
        return Stream.of(
                Case.of("sorted", new Unique(OptionalLong.empty(), true))
                        .input(floats(2, Float.NaN, 1, 2, Float.NaN))
                        .expect(floats(1, 2, Float.NaN), longs(2, 0, 1), longs(1, 2, 0, 1, 2), longs(1, 2, 2)),
                Case.of("by first occurrence", new Unique(OptionalLong.empty(), false))
                        .input(floats(2, 1, 2))
                        .expect(floats(2, 1), longs(0, 1), longs(0, 1, 0), longs(2, 1)),
                Case.of("strings", new Unique(OptionalLong.empty(), true))
                        .input(HostTensor.of(Shape.of(3), "b", "a", "b"))
                        .expect(HostTensor.of(Shape.of(2), "a", "b"), longs(1, 0), longs(1, 0, 1), longs(1, 2)),
                Case.of("columns", new Unique(OptionalLong.of(1), true))
                        .input(HostTensor.of(Shape.of(2, 3), 1L, 0L, 1L, 5L, 5L, 5L))
                        .expect(
                                HostTensor.of(Shape.of(2, 2), 0L, 1L, 5L, 5L),
                                longs(1, 0),
                                longs(1, 0, 1),
                                longs(1, 2)),
                Case.of("nothing", new Unique(OptionalLong.empty(), true))
                        .input(Data.normal(1, 0))
                        .expect(floats(), longs(), longs(), longs()));
    }

    private static Case boxes(String name, boolean centre, float... corners) {
        return Case.of(name, new NonMaxSuppression(centre))
                .input(HostTensor.of(Shape.of(1, corners.length / 4, 4), corners));
    }

    private static Stream<Case> boxes() {
        float[] corners = {0, 0, 1, 1, 0, 0.1f, 1, 1.1f, 0, 2, 1, 3};
        HostTensor scores = HostTensor.of(Shape.of(1, 1, 3), .5f, .9f, .1f);
        HostTensor half = floats(.5f);
        return Stream.of(
                boxes("the better of two that overlap", false, corners)
                        .input(scores)
                        .input(longs(9))
                        .input(half)
                        .expect(HostTensor.of(Shape.of(2, 3), 0L, 0L, 1L, 0L, 0L, 2L)),
                boxes("above a score", false, corners)
                        .input(scores)
                        .input(longs(9))
                        .input(half)
                        .input(floats(.1f))
                        .expect(HostTensor.of(Shape.of(1, 3), 0L, 0L, 1L)),
                boxes("no more than asked for", false, corners)
                        .input(scores)
                        .input(longs(1))
                        .input(half)
                        .expect(HostTensor.of(Shape.of(1, 3), 0L, 0L, 1L)),
                boxes("none without a limit", false, corners)
                        .input(scores)
                        .expect(HostTensor.of(Shape.of(0, 3), new long[0])),
                boxes("centre and size", true, .5f, .5f, 1, 1, .5f, .6f, 1, 1, .5f, 2.5f, 1, 1)
                        .input(scores)
                        .input(longs(9))
                        .input(half)
                        .expect(HostTensor.of(Shape.of(2, 3), 0L, 0L, 1L, 0L, 0L, 2L)),
                boxes("rejects a threshold above 1", false, corners)
                        .input(scores)
                        .input(longs(1))
                        .input(floats(1.5f))
                        .rejects("expected 0 to 1, given 1.5"),
                boxes("rejects scores of other boxes", false, corners)
                        .input(Data.normal(1, 1, 1, 2))
                        .rejects("expected floats [1, C, 3]"));
    }

    private static Stream<Case> determinants() {
        return Stream.of(
                Case.of("two by two", new Det())
                        .input(HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f))
                        .expect(HostTensor.of(Shape.SCALAR, -2f)),
                Case.of("needs a pivot", new Det())
                        .input(HostTensor.of(Shape.of(1, 2, 2), 0f, 1f, 1f, 0f))
                        .expect(floats(-1)),
                Case.of("singular", new Det())
                        .input(HostTensor.of(Shape.of(2, 2), 1f, 2f, 2f, 4f))
                        .expect(HostTensor.of(Shape.SCALAR, 0f)),
                Case.of("empty", new Det()).input(Data.normal(1, 2, 0, 0)).expect(floats(1, 1)),
                Case.of("rejects other matrices", new Det())
                        .input(Data.normal(1, 2, 3))
                        .rejects("expected square matrices"));
    }
}
