package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Constant, ConstantOfShape, EyeLike, OneHot, Range, Shape and Size: tensors made from little. */
class ConstantTest extends OperatorTest {
    private static HostTensor longs(long... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor scalar(DType dtype, double value) {
        return HostTensor.of(dtype, Shape.SCALAR, value);
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(constants(), shapes(), ranges(), oneHots()).flatMap(s -> s);
    }

    private static Case constant(String attribute, Object value) {
        return Case.of("constant: " + attribute, Constant.read(Attributes.of(13, Map.of(attribute, value))));
    }

    private static Case constantOfShape(HostTensor value, long... shape) {
        return Case.of("constant " + value + " under " + Arrays.toString(shape), new ConstantOfShape(value))
                .input(longs(shape));
    }

    private static Stream<Case> constants() {
        HostTensor eye = Data.normal(1, 2, 3);
        HostTensor seven = HostTensor.of(Shape.of(1), 7f);
        return Stream.of(
                constant("value", longs(1, 2)).expect(longs(1, 2)),
                constant("sparse_value", longs(0, 2)).expect(longs(0, 2)),
                constant("value_int", 5L).expect(HostTensor.of(Shape.SCALAR, 5L)),
                constant("value_ints", List.of(5L, 6L)).expect(longs(5, 6)),
                constant("value_float", 5f).expect(HostTensor.of(Shape.SCALAR, 5f)),
                constant("value_floats", List.of(5f)).expect(HostTensor.of(Shape.of(1), 5f)),
                constant("value_string", "a").expect(HostTensor.of(Shape.SCALAR, "a")),
                constant("value_strings", List.of("a", "b")).expect(HostTensor.of(Shape.of(2), "a", "b")),
                constantOfShape(seven, 2).expect(HostTensor.of(Shape.of(2), 7f, 7f)),
                constantOfShape(seven).expect(HostTensor.of(Shape.SCALAR, 7f)),
                constantOfShape(seven, 0, 3),
                constantOfShape(HostTensor.of(DType.BOOL, Shape.of(1), 1), 300, 400),
                constantOfShape(HostTensor.of(DType.FLOAT16, Shape.of(1), -2), 33),
                constantOfShape(HostTensor.of(DType.INT4, Shape.of(1), -2), 3),
                constantOfShape(HostTensor.of(Shape.of(1), Long.MIN_VALUE), 5, 5),
                constantOfShape(seven, -1).rejects("negative size"),
                constantOfShape(seven, 1L << 40, 1L << 40).rejects("overflows 64 bits"),
                Case.of("float32 0 by default", ConstantOfShape.read(Attributes.of(9, Map.of())))
                        .input(longs(1))
                        .expect(HostTensor.of(Shape.of(1), 0f)),
                Case.of("eye", new EyeLike(Optional.empty(), 0))
                        .input(eye)
                        .expect(HostTensor.of(Shape.of(2, 3), 1f, 0f, 0f, 0f, 1f, 0f)),
                Case.of("eye above, int64", new EyeLike(Optional.of(DType.INT64), 2))
                        .input(eye)
                        .expect(HostTensor.of(Shape.of(2, 3), 0L, 0L, 1L, 0L, 0L, 0L)),
                Case.of("eye far below", new EyeLike(Optional.of(DType.BOOL), Long.MIN_VALUE))
                        .input(eye),
                Case.of("eye rejects a vector", new EyeLike(Optional.empty(), 0))
                        .input(seven)
                        .rejects("expected a matrix"));
    }

    private static Case shape(long start, long end, long... expected) {
        return Case.of("shape [" + start + ", " + end + ")", new io.sardonyx.op.Shape(start, end))
                .input(Data.normal(1, 2, 0, 4))
                .expect(longs(expected));
    }

    private static Stream<Case> shapes() {
        return Stream.of(
                shape(0, Long.MAX_VALUE, 2, 0, 4),
                shape(1, 2, 0),
                shape(-1, 9, 4),
                shape(-9, -1, 2, 0),
                shape(2, 1),
                Case.of("shape of a scalar", new io.sardonyx.op.Shape(0, 9))
                        .input(HostTensor.of(Shape.SCALAR, "a"))
                        .expect(longs()),
                Case.of("size", new Size()).input(Data.normal(1, 2, 3)).expect(HostTensor.of(Shape.SCALAR, 6L)),
                Case.of("size of nothing", new Size())
                        .input(Data.normal(1, 2, 0))
                        .expect(HostTensor.of(Shape.SCALAR, 0L)));
    }

    private static Case range(DType dtype, double start, double limit, double step) {
        return Case.of(dtype + " from " + start + " to " + limit + " by " + step, new Range())
                .input(scalar(dtype, start))
                .input(scalar(dtype, limit))
                .input(scalar(dtype, step));
    }

    private static Case range(long start, long limit, long step) {
        return Case.of("from " + start + " to " + limit + " by " + step, new Range())
                .input(HostTensor.of(Shape.SCALAR, start))
                .input(HostTensor.of(Shape.SCALAR, limit))
                .input(HostTensor.of(Shape.SCALAR, step));
    }

    private static Stream<Case> ranges() {
        long min = Long.MIN_VALUE;
        long max = Long.MAX_VALUE;
        DType f32 = DType.FLOAT32;
        return Stream.of(
                range(1, 6, 2).expect(longs(1, 3, 5)),
                range(1, 7, 2).expect(longs(1, 3, 5)),
                range(3, -2, -2).expect(longs(3, 1, -1)),
                range(3, 1, 1).expect(longs()),
                range(min, max, max).expect(longs(min, -1, max - 1)),
                range(max, min, min).expect(longs(max, -1)),
                range(f32, 0, 1, 0.25).expect(HostTensor.of(Shape.of(4), 0f, .25f, .5f, .75f)),
                range(f32, 1, 0, -0.5).expect(HostTensor.of(Shape.of(2), 1f, .5f)),
                range(DType.INT16, 10, 4, -3).expect(HostTensor.of(DType.INT16, Shape.of(2), 10, 7)),
                range(1, 2, 0).rejects("Range: no list of numbers from 1 to 2 by 0"),
                range(min, max, 1).rejects("no list of numbers"),
                range(f32, 0, 1, 0).rejects("no list of numbers"),
                range(f32, 0, 0, 0).rejects("no list of numbers"),
                range(f32, 0, 1, Double.NaN).rejects("no list of numbers"),
                range(f32, 0, Double.POSITIVE_INFINITY, 1).rejects("no list of numbers"),
                range(f32, Double.NaN, 1, 1).rejects("no list of numbers"),
                range(f32, 0, 1e30, 1e-3).rejects("no list of numbers"),
                Case.of("rejects types that differ", new Range())
                        .input(scalar(f32, 0))
                        .input(scalar(DType.INT64, 1))
                        .input(scalar(f32, 1))
                        .rejects("expected three numbers of one type"));
    }

    private static Case oneHot(String name, long axis, boolean fromEnd, HostTensor indices, double depth) {
        return Case.of("one hot: " + name, new OneHot(axis, fromEnd))
                .input(indices)
                .input(HostTensor.of(DType.INT32, Shape.of(1), depth));
    }

    private static Stream<Case> oneHots() {
        HostTensor values = HostTensor.of(Shape.of(2), 0L, 1L);
        HostTensor many = Data.integers(DType.INT64, 1, -40, 40, 17, 33);
        return Stream.of(
                oneHot("negative ones count from the end", -1, true, longs(1, -1, 3), 3)
                        .input(values)
                        .expect(HostTensor.of(Shape.of(3, 3), 0L, 1L, 0L, 0L, 0L, 1L, 0L, 0L, 0L)),
                oneHot("negative ones are nowhere before 11", -1, false, longs(1, -1), 2)
                        .input(values)
                        .expect(HostTensor.of(Shape.of(2, 2), 0L, 1L, 0L, 0L)),
                oneHot("first axis", 0, true, longs(1, 0), 3)
                        .input(values)
                        .expect(HostTensor.of(Shape.of(3, 2), 0L, 1L, 1L, 0L, 0L, 0L)),
                oneHot("float indices", -1, true, HostTensor.of(Shape.of(1), 1f), 2)
                        .input(HostTensor.of(Shape.of(2), "off", "on"))
                        .expect(HostTensor.of(Shape.of(1, 2), "off", "on")),
                oneHot("the smallest index", 0, true, longs(Long.MIN_VALUE, Long.MAX_VALUE), 3)
                        .input(values),
                oneHot("last axis", 2, true, many, 37).input(Data.normal(1, 2)),
                oneHot("middle axis", 1, true, many, 37).input(Data.normal(2, 2)),
                oneHot("bytes", 0, false, many, 37).input(Data.range(DType.BOOL, 2)),
                oneHot("rejects axis 3", 3, true, many, 3).input(values).rejects("axis 3 is out of range"),
                oneHot("rejects a negative depth", 0, true, many, -1)
                        .input(values)
                        .rejects("negative size"),
                oneHot("rejects one value", 0, true, many, 3).input(longs(1)).rejects("values [off, on]"));
    }
}
