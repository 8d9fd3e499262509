package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.stream.Stream;

class ReductionTest extends OperatorTest {
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float NAN = Float.NaN;
    private static final List<Reduction.Constructor<? extends Reduction>> ALL = List.of(
            ReduceSum::new,
            ReduceMean::new,
            ReduceMax::new,
            ReduceMin::new,
            ReduceProd::new,
            ReduceL1::new,
            ReduceL2::new,
            ReduceLogSumExp::new,
            ReduceSumSquare::new);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), extremes(), Stream.of(true, false).flatMap(ReductionTest::shapes), types())
                .flatMap(s -> s);
    }

    private static HostTensor floats(float... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor scalar(float value) {
        return HostTensor.of(Shape.SCALAR, value);
    }

    private static HostTensor matrix() {
        return HostTensor.of(Shape.of(2, 3), 1f, -2f, 3f, 4f, 5f, -6f);
    }

    private static Case of(String name, Reduction.Constructor<? extends Reduction> member, long... axes) {
        List<Long> list = java.util.Arrays.stream(axes).boxed().toList();
        Reduction operator = member.of(list, false, false);
        return Case.of(operator.name() + " " + name, operator);
    }

    private static Stream<Case> facts() {
        HostTensor axes = HostTensor.of(Shape.of(1), -1L);
        HostTensor none = HostTensor.of(Shape.of(0), new long[0]);
        return Stream.of(
                of("of rows", ReduceSum::new, 1).input(matrix()).expect(floats(2, 3)),
                of("of columns", ReduceSum::new, 0).input(matrix()).expect(floats(5, 3, -3)),
                of("of all", ReduceSum::new).input(matrix()).expect(scalar(5)),
                of("of a scalar", ReduceSum::new).input(scalar(7)).expect(scalar(7)),
                of("of rows", ReduceMean::new, -1).input(matrix()).expect(floats(2f / 3, 1)),
                of("of rows", ReduceMax::new, 1).input(matrix()).expect(floats(3, 5)),
                of("of rows", ReduceMin::new, 1).input(matrix()).expect(floats(-2, -6)),
                of("of rows", ReduceProd::new, 1).input(matrix()).expect(floats(-6, -120)),
                of("of rows", ReduceL1::new, 1).input(matrix()).expect(floats(6, 15)),
                of("of a vector", ReduceL2::new).input(floats(3, -4)).expect(scalar(5)),
                of("of a vector", ReduceSumSquare::new).input(floats(3, -4)).expect(scalar(25)),
                of("of a vector", ReduceLogSum::new).input(floats(1, 2)).expect(scalar((float) Math.log(3))),
                of("does not overflow", ReduceLogSumExp::new)
                        .input(floats(1000, 1000))
                        .expect(scalar((float) (1000 + Math.log(2)))),
                Case.of("axes as input", new ReduceSum(List.of(), true, false))
                        .input(matrix())
                        .input(axes)
                        .expect(HostTensor.of(Shape.of(2, 1), 2f, 3f)),
                Case.of("empty axes reduce all", new ReduceSum(List.of(), true, false))
                        .input(matrix())
                        .input(none)
                        .expect(HostTensor.of(Shape.of(1, 1), 5f)),
                Case.of("empty axes reduce nothing if told so", new ReduceSumSquare(List.of(), true, true))
                        .input(floats(2, -3))
                        .input(none)
                        .expect(floats(4, 9)),
                of("of nine axes", ReduceSum::new, 0, 8)
                        .input(Data.integers(DType.FLOAT32, 1, -9, 9, 2, 1, 2, 1, 2, 1, 2, 1, 3)),
                of("of nine axes", ReduceLogSumExp::new, 8)
                        .input(Data.integers(DType.FLOAT32, 1, -9, 9, 2, 1, 2, 1, 2, 1, 2, 1, 3)),
                of("rejects an axis outside", ReduceSum::new, 2).input(matrix()).rejects("axis 2 is out of range"),
                of("rejects bools", ReduceSum::new).input(bools(1, 0)).rejects("expected numbers"));
    }

    private static HostTensor bools(double... values) {
        return HostTensor.of(DType.BOOL, Shape.of(values.length), values);
    }

    private static Stream<Case> extremes() {
        HostTensor empty = HostTensor.of(Shape.of(2, 0, 1), new float[0]);
        HostTensor noInts = HostTensor.of(DType.INT32, Shape.of(0));
        return Stream.of(
                of("of nothing", ReduceSum::new, 1).input(empty).expect(HostTensor.of(Shape.of(2, 1), 0f, 0f)),
                of("of nothing", ReduceProd::new, 1).input(empty).expect(HostTensor.of(Shape.of(2, 1), 1f, 1f)),
                of("of nothing", ReduceMax::new, 1).input(empty).expect(HostTensor.of(Shape.of(2, 1), -INF, -INF)),
                of("of nothing", ReduceMin::new, 1).input(empty).expect(HostTensor.of(Shape.of(2, 1), INF, INF)),
                of("of nothing", ReduceMean::new, 1).input(empty).expect(HostTensor.of(Shape.of(2, 1), NAN, NAN)),
                of("of nothing", ReduceLogSumExp::new, 1)
                        .input(empty)
                        .expect(HostTensor.of(Shape.of(2, 1), -INF, -INF)),
                of("of no rows", ReduceSum::new, 0).input(empty).expect(HostTensor.of(Shape.of(0, 1), new float[0])),
                of("of no integers", ReduceMax::new)
                        .input(noInts)
                        .expect(HostTensor.of(DType.INT32, Shape.SCALAR, Integer.MIN_VALUE)),
                of("of no integers", ReduceMin::new)
                        .input(noInts)
                        .expect(HostTensor.of(DType.INT32, Shape.SCALAR, Integer.MAX_VALUE)),
                of("of no integers", ReduceMean::new).input(noInts).rejects("no mean of no integers"),
                of("keeps NaN", ReduceMax::new).input(floats(1, NAN, 2)).expect(scalar(NAN)),
                of("keeps NaN", ReduceMin::new).input(floats(NAN, 1, 2)).expect(scalar(NAN)),
                of("keeps NaN at the end", ReduceMax::new)
                        .input(withNaN(67, 66))
                        .expect(scalar(NAN)),
                of("keeps NaN per column", ReduceMin::new, 0)
                        .input(HostTensor.of(Shape.of(3, 2), 1f, 2f, NAN, 1f, 0f, 3f))
                        .expect(floats(NAN, 1)),
                of("of infinities", ReduceMax::new).input(floats(-INF, -INF)).expect(scalar(-INF)),
                of("of infinities", ReduceLogSumExp::new)
                        .input(floats(-INF, -INF))
                        .expect(scalar(-INF)),
                of("of infinities", ReduceSum::new).input(floats(INF, -INF)).expect(scalar(NAN)),
                of("does not overflow inside", ReduceL2::new)
                        .input(floats(3e30f, 4e30f))
                        .expect(scalar(5e30f)),
                of("cancels", ReduceSum::new).input(floats(1e8f, 1, -1e8f)).expect(scalar(1)),
                of("wraps", ReduceSum::new)
                        .input(HostTensor.of(DType.INT32, Shape.of(2), Integer.MAX_VALUE, 1))
                        .expect(HostTensor.of(DType.INT32, Shape.SCALAR, Integer.MIN_VALUE)),
                of("truncates", ReduceMean::new)
                        .input(HostTensor.of(DType.INT32, Shape.of(2), -3, 0))
                        .expect(HostTensor.of(DType.INT32, Shape.SCALAR, -1)),
                of("wraps", ReduceProd::new)
                        .input(HostTensor.of(Shape.of(2), Long.MAX_VALUE, 2L))
                        .expect(HostTensor.of(Shape.SCALAR, -2L)),
                of("of unsigned", ReduceMax::new)
                        .input(HostTensor.of(DType.UINT64, Shape.of(2), 1, 0x1p63))
                        .expect(HostTensor.of(DType.UINT64, Shape.SCALAR, 0x1p63)),
                of("of bools", ReduceMax::new).input(bools(0, 1)).expect(HostTensor.of(DType.BOOL, Shape.SCALAR, 1)),
                of("of bools", ReduceMin::new).input(bools(0, 1)).expect(HostTensor.of(DType.BOOL, Shape.SCALAR, 0)));
    }

    private static HostTensor withNaN(int size, int at) {
        HostTensor t = Data.normal(1, size);
        t.set(at, NAN);
        return t;
    }

    /** Every member over last, first, middle and several axes, lengths around the kernels' tiles. */
    private static Stream<Case> shapes(boolean last) {
        return ALL.stream().flatMap(member -> Stream.of(1, 3, 16, 63, 64, 65, 257)
                .flatMap(n -> last
                        ? Stream.of(
                                of("of rows of " + n, member, 1).input(positive(n, 5, n)),
                                of("of two blocks of " + n, member, 0, 2).input(positive(n, 2, 3, n)))
                        : Stream.of(
                                of("of columns, " + n, member, 0).input(positive(n, 7, n)),
                                of("of the middle, " + n, member, 1).input(positive(n, 3, n, 5)),
                                of("of four axes, " + n, member, 1, 3).input(positive(n, 2, 3, n, 2, 3)))));
    }

    /** Around 1, so that products stay in range and no sum cancels. */
    private static HostTensor positive(long seed, long... sizes) {
        return Data.uniform(DType.FLOAT32, seed, 0.9, 1.1, sizes);
    }

    private static Stream<Case> types() {
        Stream<Case> long_ = Stream.of(
                of("of 200,001 elements", ReduceSum::new).input(Data.normal(3, 200_001)),
                of("of 200,001 elements", ReduceMax::new).input(Data.normal(3, 200_001)),
                of("of long columns", ReduceMean::new, 0).input(Data.normal(4, 70_001, 3)),
                of("of long rows", ReduceL2::new, 1).input(Data.normal(5, 3, 70_001)),
                of("of long rows", ReduceLogSumExp::new, 1).input(Data.normal(5, 2, 20_003)),
                of("of long columns", ReduceLogSumExp::new, 0).input(Data.normal(5, 9_001, 2)),
                of("of long rows of float16", ReduceMean::new, 1).input(Data.normal(DType.FLOAT16, 5, 3, 10_007)));
        Stream<Case> typed = Stream.of(
                        DType.FLOAT64, DType.INT32, DType.INT64, DType.FLOAT16, DType.BFLOAT16, DType.UINT8)
                .flatMap(type -> ALL.stream()
                        .flatMap(member -> Stream.of(
                                of("of rows, " + type, member, 1).input(Data.integers(type, 6, 0, 9, 3, 17)),
                                of("of columns, " + type, member, 0).input(Data.integers(type, 7, 0, 9, 17, 3)))));
        return Stream.concat(long_, typed);
    }
}
