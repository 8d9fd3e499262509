package io.sardonyx.op;

import static io.sardonyx.tensor.DType.BFLOAT16;
import static io.sardonyx.tensor.DType.BOOL;
import static io.sardonyx.tensor.DType.FLOAT16;
import static io.sardonyx.tensor.DType.FLOAT32;
import static io.sardonyx.tensor.DType.FLOAT64;
import static io.sardonyx.tensor.DType.INT16;
import static io.sardonyx.tensor.DType.INT32;
import static io.sardonyx.tensor.DType.INT64;
import static io.sardonyx.tensor.DType.INT8;
import static io.sardonyx.tensor.DType.UINT32;
import static io.sardonyx.tensor.DType.UINT64;
import static io.sardonyx.tensor.DType.UINT8;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.stream.Stream;

class BinaryTest extends OperatorTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final Alignment SUFFIX = new Alignment(Alignment.Rule.SECOND_TO_FIRST, -1);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(integers(), floats(), broadcasts(), legacy(), variadic(), everyType())
                .flatMap(cases -> cases);
    }

    private static Case fact(String name, Operator operator, DType type, double[] a, double[] b, double... c) {
        return Case.of(name, operator)
                .input(HostTensor.of(type, Shape.of(a.length), a))
                .input(HostTensor.of(type, Shape.of(b.length), b))
                .expect(HostTensor.of(type, Shape.of(c.length), c));
    }

    private static double[] of(double... values) {
        return values;
    }

    private static Stream<Case> integers() {
        double least = -0x1p31;
        return Stream.of(
                fact("sums wrap", new Add(), INT32, of(0x1p31 - 1, 1), of(1, 2), least, 3),
                fact("bytes wrap", new Add(), UINT8, of(250), of(10), 4),
                fact("division truncates", new Div(), INT32, of(-7, 7, -7, 7), of(2, -2, -2, 2), -3, -3, 3, 3),
                fact("the smallest by minus one", new Div(), INT32, of(least), of(-1), least),
                Case.of("the smallest of 64 bits by minus one", new Div())
                        .input(HostTensor.of(Shape.of(1), Long.MIN_VALUE))
                        .input(HostTensor.of(Shape.of(1), -1L))
                        .expect(HostTensor.of(Shape.of(1), Long.MIN_VALUE)),
                fact("bytes by minus one", new Div(), INT8, of(-128, -100), of(-1, -1), -128, 100),
                fact("unsigned division", new Div(), UINT64, of(0x1p63), of(2), 0x1p62),
                Case.of("rejects division by zero", new Div())
                        .input(HostTensor.of(Shape.of(2), 1L, 2L))
                        .input(HostTensor.of(Shape.of(2), 1L, 0L))
                        .rejects("division of an integer by zero"),
                Case.of("rejects modulo zero", new Mod(false))
                        .input(HostTensor.of(INT32, Shape.of(2), 1, 2))
                        .input(HostTensor.of(INT32, Shape.of(2), 1, 0))
                        .rejects("division of an integer by zero"),
                fact(
                        "remainder has the divisor's sign",
                        new Mod(false),
                        INT64,
                        of(-4, 7, 5, 4, -7, 8),
                        of(2, -3, 8, -2, 3, 5),
                        0,
                        -2,
                        5,
                        0,
                        2,
                        3),
                fact(
                        "remainder has the dividend's sign",
                        new Mod(true),
                        INT32,
                        of(-4, 7, 5, 4, -7, 8),
                        of(2, -3, 8, -2, 3, 5),
                        0,
                        1,
                        5,
                        0,
                        -1,
                        3),
                fact("the smallest modulo minus one", new Mod(false), INT32, of(least), of(-1), 0),
                fact("remainder of bytes", new Mod(false), INT8, of(-128, 100), of(-1, -3), 0, -2),
                fact("integer powers", new Pow(), INT32, of(2, -3, 0, 0, 5), of(10, 3, 0, 2, 1), 1024, -27, 1, 0, 5),
                fact(
                        "integers to negative powers",
                        new Pow(),
                        INT64,
                        of(1, -1, -1, 2, 0),
                        of(-5, -5, -4, -1, -1),
                        1,
                        -1,
                        1,
                        0,
                        0),
                fact("shift left", new BitShift(true), UINT8, of(16, 4, 1, 1), of(1, 2, 3, 9), 32, 16, 8, 0),
                fact("shift right", new BitShift(false), UINT32, of(16, 4, 0x1p31, 1), of(1, 2, 31, 32), 8, 1, 1, 0),
                fact("bitwise and", new BitwiseAnd(), INT32, of(12, -1), of(10, 7), 8, 7),
                fact("bitwise or", new BitwiseOr(), UINT8, of(12, 128), of(10, 7), 14, 135),
                fact("bitwise xor", new BitwiseXor(), INT64, of(12, -1), of(10, 7), 6, -8),
                fact("and", new And(), BOOL, of(0, 0, 1, 1), of(0, 1, 0, 1), 0, 0, 0, 1),
                fact("or", new Or(), BOOL, of(0, 0, 1, 1), of(0, 1, 0, 1), 0, 1, 1, 1),
                fact("xor", new Xor(), BOOL, of(0, 0, 1, 1), of(0, 1, 0, 1), 0, 1, 1, 0),
                fact("slope of integers", new PRelu(), INT32, of(-2, 3), of(5, 5), -10, 3),
                fact("largest of unsigned", new Max(), UINT64, of(0x1p63, 1), of(1, 2), 0x1p63, 2));
    }

    private static Stream<Case> floats() {
        return Stream.of(
                fact("division by zero", new Div(), FLOAT32, of(1, -1, 0), of(0, 0, 0), INF, -INF, NAN),
                fact(
                        "fmod",
                        new Mod(true),
                        FLOAT32,
                        of(-4.3, 7.2, 5, 1),
                        of(2.1, -3.4, 8, 0),
                        (float) -4.3 % (float) 2.1,
                        (float) 7.2 % (float) -3.4,
                        5,
                        NAN),
                fact("Python's remainder", new Mod(false), FLOAT64, of(-4.5, 7, 4), of(2, -3, -2), 1.5, -2, 0),
                fact(
                        "powers",
                        new Pow(),
                        FLOAT32,
                        of(2, 4, 1, -1, -8, 0, -2),
                        of(3, 0.5, NAN, INF, 1 / 3.0, -1, 3),
                        8,
                        2,
                        1,
                        1,
                        NAN,
                        INF,
                        -8),
                fact("squares", new Pow(), FLOAT32, of(-3, 0.5, INF, NAN), of(2), 9, 0.25, INF, NAN),
                Case.of("floats to integer powers", new Pow())
                        .input(HostTensor.of(Shape.of(3), 1f, 2f, -3f))
                        .input(HostTensor.of(Shape.of(3), 4L, -2L, 3L))
                        .expect(HostTensor.of(Shape.of(3), 1f, 0.25f, -27f)),
                Case.of("integers to float powers", new Pow())
                        .input(HostTensor.of(INT32, Shape.of(3), 1, 2, 9))
                        .input(HostTensor.of(Shape.of(3), 4f, 5f, 0.5f))
                        .expect(HostTensor.of(INT32, Shape.of(3), 1, 32, 3)),
                fact("slope", new PRelu(), FLOAT32, of(-2, 3, NAN), of(0.5, 0.5, 0.5), -1, 3, NAN),
                fact("bias and gelu", new BiasGelu(), FLOAT32, of(0, 2), of(1, -1), 0.8413447461, 0.8413447461),
                fact("bias and fast gelu", new FastGelu(), FLOAT32, of(0, 2), of(1, -1), 0.8411919906, 0.8411919906),
                Case.of("fast gelu without bias", new FastGelu())
                        .input(HostTensor.of(Shape.of(1), 1f))
                        .expect(HostTensor.of(Shape.of(1), 0.8411919906f)),
                fact("swiglu", new SwiGLU(1), FLOAT32, of(1, -1), of(2, 3), 1.4621171573, -0.8068242641),
                Case.of("swiglu does not broadcast", new SwiGLU(1))
                        .input(Data.normal(1, 2, 3))
                        .input(Data.normal(2, 3))
                        .rejects("SwiGLU: shapes differ"));
    }

    private static Case pair(String name, Operator operator, long[] a, long[] b) {
        return Case.of(name, operator).input(Data.normal(1, a)).input(Data.normal(2, b));
    }

    private static long[] shape(long... sizes) {
        return sizes;
    }

    private static Stream<Case> broadcasts() {
        return Stream.of(
                pair("same shape", new Add(), shape(3, 5, 7), shape(3, 5, 7)),
                pair("scalars", new Sub(), shape(), shape()),
                pair("a scalar on the right", new Sub(), shape(3, 33), shape()),
                pair("a scalar on the left", new Sub(), shape(1), shape(65)),
                pair("a row", new Sub(), shape(4, 5, 17), shape(17)),
                pair("a row on the left", new Sub(), shape(17), shape(9, 17)),
                pair("a column", new Div(), shape(5, 17), shape(5, 1)),
                pair("channels", new Mul(), shape(2, 3, 4, 5), shape(3, 1, 1)),
                pair("channels on the left", new Sub(), shape(3, 1, 1), shape(2, 3, 4, 5)),
                pair("many channels of one", new Sub(), shape(2, 70, 1, 1), shape(1, 70, 1, 1)),
                pair("outer", new Sub(), shape(6, 1), shape(1, 35)),
                pair("in the middle", new Sub(), shape(2, 1, 4, 1), shape(3, 1, 5)),
                pair("alternating", new Sub(), shape(2, 1, 3, 1, 2, 1), shape(1, 2, 1, 3, 1, 4)),
                pair("eight axes", new Add(), shape(2, 1, 2, 1, 2, 1, 2, 1), shape(1, 2, 1, 2, 1, 2, 1, 2)),
                pair("nine axes", new Add(), shape(2, 1, 2, 1, 2, 1, 2, 1, 2), shape(1, 2, 1, 2, 1, 2, 1, 2, 1)),
                pair("nothing", new Add(), shape(0, 3), shape(1, 3)),
                pair("one becomes none", new Add(), shape(1, 3), shape(0, 1)),
                pair("enough for all threads", new Add(), shape(3, 100, 301), shape(100, 1)),
                pair("a long vector", new Mul(), shape(300_007), shape(300_007)),
                pair("a long row", new Max(), shape(2, 150_001), shape(150_001)),
                pair("rows of sixteens", new Sub(), shape(5, 64), shape(64)),
                pair("a number for each row of sixteens", new Div(), shape(2, 7, 16), shape(7, 1)),
                pair("rows and columns of sixteens", new Mul(), shape(3, 32, 1), shape(3, 1, 16)),
                pair("four axes that take turns", new Add(), shape(3, 1, 5, 1), shape(1, 4, 1, 12)),
                pair("rejects other sizes", new Add(), shape(2, 3), shape(2))
                        .rejects("Add: shapes do not broadcast: [2, 3] and [2]"),
                Case.of("rejects other types", new Add())
                        .input(Data.normal(1, 2))
                        .input(HostTensor.of(Shape.of(1), 1L))
                        .rejects("Add: operands differ in type: float32[2] and int64[1]"));
    }

    private static Stream<Case> legacy() {
        return Stream.of(
                pair(
                        "second from axis 1",
                        new Add(new Alignment(Alignment.Rule.SECOND_TO_FIRST, 1)),
                        shape(2, 3, 4, 5),
                        shape(3, 4)),
                pair(
                        "second from axis 0",
                        new Mul(new Alignment(Alignment.Rule.SECOND_TO_FIRST, 0)),
                        shape(2, 3, 4),
                        shape(2)),
                pair("second at the end", new Sub(SUFFIX), shape(2, 3, 4), shape(3, 4)),
                pair(
                        "a number of rank 2",
                        new Add(new Alignment(Alignment.Rule.SECOND_TO_FIRST, 0)),
                        shape(2, 3),
                        shape(1, 1)),
                pair(
                        "a slope for each channel",
                        new PRelu(new Alignment(Alignment.Rule.SECOND_TO_FIRST, 1)),
                        shape(2, 3, 4, 5),
                        shape(3)),
                pair("rejects another shape", new Add(Alignment.EQUAL), shape(2, 3), shape(3))
                        .rejects("attribute broadcast is not set"),
                pair("rejects a larger second", new Add(SUFFIX), shape(3), shape(2, 3))
                        .rejects("[2, 3] does not broadcast to [3]"));
    }

    private static Stream<Case> variadic() {
        Stream<Case> facts = Stream.of(
                fact("largest, NaN wins", new Max(), FLOAT32, of(1, NAN, 3, -0.0), of(2, 2, NAN, 0), 2, NAN, NAN, 0),
                fact("smallest, NaN wins", new Min(), FLOAT64, of(1, NAN, 3), of(2, 2, NAN), 1, NAN, NAN),
                Case.of("one operand", new Sum()).input(Data.range(FLOAT32, 3)).expect(Data.range(FLOAT32, 3)),
                Case.of("mean of three", new Mean())
                        .input(HostTensor.of(Shape.of(2), 1f, 2f))
                        .input(HostTensor.of(Shape.of(2), 4f, 3f))
                        .input(HostTensor.of(Shape.of(1), 1f))
                        .expect(HostTensor.of(Shape.of(2), 2f, 2f)));
        Stream<Case> compared = Stream.of(new Max(), new Min(), new Sum(), new Mean())
                .map(f -> Case.of(f + " of four that broadcast", f)
                        .input(Data.normal(1, 3, 1, 33))
                        .input(Data.normal(2, 5, 1))
                        .input(Data.normal(3))
                        .input(Data.normal(4, 3, 5, 33)));
        return Stream.concat(facts, compared);
    }

    private static final List<Operator> ON_NUMBERS = List.of(
            new Add(),
            new Sub(),
            new Mul(),
            new Div(),
            new Pow(),
            new Mod(false),
            new Mod(true),
            new Max(),
            new Min(),
            new PRelu());

    private static Stream<Case> everyType() {
        Stream<Case> numbers = ON_NUMBERS.stream().flatMap(f -> Stream.of(
                        FLOAT32, FLOAT64, FLOAT16, BFLOAT16, INT32, INT64, INT8, UINT8, INT16, UINT32, UINT64)
                .map(type -> Case.of(f + " of " + type, f)
                        .input(Data.integers(type, 1, 0, 4, 7, 19))
                        .input(Data.integers(type, 2, 1, 5, 19))));
        Stream<Case> signed = Stream.of(new Div(), new Mod(false), new Mod(true))
                .flatMap(f -> Stream.of(FLOAT32, INT32, INT64, INT8).map(type -> Case.of(f + " of signed " + type, f)
                        .input(Data.integers(type, 3, -20, 20, 100))
                        .input(Data.integers(type, 4, -5, -1, 100))));
        Stream<Case> bits = Stream.of(new BitwiseAnd(), new BitwiseOr(), new BitwiseXor())
                .flatMap(f -> Stream.of(INT32, INT64, UINT8).map(type -> Case.of(f + " of " + type, f)
                        .input(Data.integers(type, 1, 0, 100, 7, 19))
                        .input(Data.integers(type, 2, 0, 100, 7, 1))));
        return Stream.of(numbers, signed, bits).flatMap(cases -> cases);
    }
}
