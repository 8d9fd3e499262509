package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

class ArgReductionTest extends OperatorTest {
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;

    @Override
    protected Stream<Case> cases() {
        return Stream.concat(facts(), shapes());
    }

    private static HostTensor floats(float... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor index(long value) {
        return HostTensor.of(Shape.SCALAR, value);
    }

    private static Stream<Case> facts() {
        var matrix = HostTensor.of(Shape.of(2, 3), 1f, 3f, 3f, 4f, 2f, 0f);
        var max = new ArgMax(0, false, false);
        var min = new ArgMin(0, false, false);
        return Stream.of(
                Case.of("rows", new ArgMax(1, true, false)).input(matrix).expect(HostTensor.of(Shape.of(2, 1), 1L, 0L)),
                Case.of("last of equals", new ArgMax(-1, false, true))
                        .input(matrix)
                        .expect(HostTensor.of(Shape.of(2), 2L, 0L)),
                Case.of("columns", new ArgMin(0, false, false))
                        .input(matrix)
                        .expect(HostTensor.of(Shape.of(3), 0L, 1L, 1L)),
                Case.of("NaN wins", max).input(floats(1, NAN, INF, NAN)).expect(index(1)),
                Case.of("NaN wins as least", min).input(floats(1, -INF, NAN)).expect(index(2)),
                Case.of("last NaN", new ArgMax(0, false, true))
                        .input(floats(NAN, 1, NAN, 2))
                        .expect(index(2)),
                Case.of("all infinite", max).input(floats(-INF, -INF)).expect(index(0)),
                Case.of("signed zeros are equal", max).input(floats(-0f, 0f)).expect(index(0)),
                Case.of("large longs", max)
                        .input(HostTensor.of(Shape.of(2), Long.MAX_VALUE - 1, Long.MAX_VALUE))
                        .expect(index(1)),
                Case.of("unsigned", max)
                        .input(HostTensor.of(DType.UINT64, Shape.of(2), 1, 0x1p63))
                        .expect(index(1)),
                Case.of("no rows", new ArgMax(1, false, false))
                        .input(Data.normal(1, 0, 3))
                        .expect(HostTensor.of(Shape.of(0), new long[0])),
                Case.of("rejects an empty axis", max)
                        .input(Data.normal(1, 0, 3))
                        .rejects("has no elements"),
                Case.of("rejects an axis outside", new ArgMax(2, true, false))
                        .input(matrix)
                        .rejects("axis 2 is out of range"));
    }

    private static Stream<Case> shapes() {
        Stream<Case> typed = Stream.of(DType.FLOAT16, DType.BFLOAT16, DType.INT32)
                .flatMap(type -> Stream.of(
                        Case.of("rows of " + type, new ArgMin(1, false, false))
                                .input(Data.integers(type, 1, 0, 40, 3, 267)),
                        Case.of("columns of " + type, new ArgMax(0, false, true))
                                .input(Data.integers(type, 2, 0, 40, 267, 3))));
        Stream<Case> cut = Stream.of(
                Case.of("a long row", new ArgMax(-1, false, false)).input(Data.normal(1, 20_011)),
                Case.of("the last of equals in a long row", new ArgMax(-1, false, true))
                        .input(Data.integers(DType.FLOAT32, 1, 0, 9, 20_011)),
                Case.of("long columns", new ArgMin(0, false, false)).input(Data.normal(2, 9_001, 2)));
        return Stream.of(typed, cut, lengths()).flatMap(s -> s);
    }

    private static Stream<Case> lengths() {
        return Stream.of(true, false).flatMap(last -> Stream.of(1, 3, 16, 17, 64, 65, 1000)
                .flatMap(n -> Stream.of(
                        Case.of("rows of " + n, new ArgMax(1, false, last)).input(Data.normal(n, 5, n)),
                        Case.of("rows of many equals, " + n, new ArgMin(1, false, last))
                                .input(Data.integers(DType.FLOAT32, n, 0, 3, 5, n)),
                        Case.of("columns, " + n, new ArgMin(0, false, last))
                                .input(Data.integers(DType.FLOAT32, n, 0, 3, 9, n)),
                        Case.of("middle axis, " + n, new ArgMax(1, true, last)).input(Data.normal(n, 2, n, 3)))));
    }
}
