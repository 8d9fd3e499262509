package io.sardonyx.op;

import static io.sardonyx.tensor.DType.BFLOAT16;
import static io.sardonyx.tensor.DType.BOOL;
import static io.sardonyx.tensor.DType.FLOAT16;
import static io.sardonyx.tensor.DType.FLOAT32;
import static io.sardonyx.tensor.DType.FLOAT64;
import static io.sardonyx.tensor.DType.FLOAT8E4M3FN;
import static io.sardonyx.tensor.DType.FLOAT8E5M2;
import static io.sardonyx.tensor.DType.FLOAT8E8M0;
import static io.sardonyx.tensor.DType.INT32;
import static io.sardonyx.tensor.DType.INT4;
import static io.sardonyx.tensor.DType.INT64;
import static io.sardonyx.tensor.DType.INT8;
import static io.sardonyx.tensor.DType.STRING;
import static io.sardonyx.tensor.DType.UINT64;
import static io.sardonyx.tensor.DType.UINT8;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class CastTest extends OperatorTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final List<DType> FAST =
            List.of(FLOAT32, FLOAT64, FLOAT16, BFLOAT16, INT32, INT64, INT8, UINT8, BOOL);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(numbers(), float8(), strings(), others(), everyPair()).flatMap(cases -> cases);
    }

    private static HostTensor of(DType type, double... values) {
        return HostTensor.of(type, Shape.of(values.length), values);
    }

    private static Case fact(String name, HostTensor x, HostTensor y) {
        return Case.of(name, new Cast(y.dtype())).input(x).expect(y);
    }

    private static Stream<Case> numbers() {
        return Stream.of(
                fact("truncates", of(FLOAT32, 1.9, -1.9, 0.5), of(INT32, 1, -1, 0)),
                fact("NaN is the integer 0", of(FLOAT32, NAN, 7), of(INT64, 0, 7)),
                fact("NaN is true", of(FLOAT32, NAN, 0, -0.0, 0.1), of(BOOL, 1, 0, 0, 1)),
                fact("integers wrap", of(INT32, 300, -1, 128), of(UINT8, 44, 255, 128)),
                fact("floats wrap", of(FLOAT32, 300, -1, 3e9), of(INT8, 44, -1, 0)),
                fact(
                        "floats beyond 32 bits",
                        of(FLOAT32, 3e9, -3e9, 1e30, -INF),
                        of(INT32, -1294967296, 1294967296, -1, 0)),
                fact("floats beyond 64 bits", of(FLOAT64, 1e30, -1e30), of(INT64, 0x1p63, -0x1p63)),
                fact("large unsigned", of(FLOAT64, 0x1p63), of(UINT64, 0x1p63)),
                fact("unsigned to float", of(UINT64, 0x1p63), of(FLOAT32, 0x1p63)),
                fact(
                        "rounds once",
                        HostTensor.of(Shape.of(1), (1L << 54) + (1L << 30) + 1),
                        of(FLOAT32, 0x1p54 + 0x1p31)),
                fact("overflows half", of(FLOAT32, 65504, 65519, 65520, -1e6), of(FLOAT16, 65504, 65504, INF, -INF)),
                fact("half rounds to even", of(FLOAT32, 2049, 2051), of(FLOAT16, 2048, 2052)),
                fact("bfloat16 rounds to even", of(FLOAT32, 257, 259, NAN, 3.4e38), of(BFLOAT16, 256, 260, NAN, INF)),
                fact("smallest half", of(FLOAT32, 0x1p-24, 0x1p-25, 0x1.8p-25), of(FLOAT16, 0x1p-24, 0, 0x1p-24)),
                fact("bool is 0 or 1", of(BOOL, 0, 1), of(FLOAT16, 0, 1)),
                fact("four bits wrap", of(FLOAT32, -9, 8, 7.9), of(INT4, 7, -8, 7)),
                fact("four bits", of(INT4, -8, 7, 3), of(INT8, -8, 7, 3)),
                fact("same type", of(INT8, -8, 7), of(INT8, -8, 7)));
    }

    private static Stream<Case> float8() {
        HostTensor large = of(FLOAT32, 1000, -INF, NAN, 1.0625);
        HostTensor powers = of(FLOAT32, 1.1, 1.5, 0, 3);
        return Stream.of(
                Case.of("saturates", new Cast(FLOAT8E4M3FN)).input(large).expect(of(FLOAT8E4M3FN, 448, -448, NAN, 1)),
                Case.of("does not saturate", new Cast(FLOAT8E5M2, false, Cast.Rounding.UP))
                        .input(of(FLOAT32, 1e6, -INF, NAN))
                        .expect(of(FLOAT8E5M2, INF, -INF, NAN)),
                Case.of("up to a power of two", new Cast(FLOAT8E8M0))
                        .input(powers)
                        .expect(of(FLOAT8E8M0, 2, 2, 0x1p-127, 4)),
                Case.of("down to a power of two", new Cast(FLOAT8E8M0, true, Cast.Rounding.DOWN))
                        .input(powers)
                        .expect(of(FLOAT8E8M0, 1, 1, 0x1p-127, 2)),
                Case.of("to the nearest power of two", new Cast(FLOAT8E8M0, true, Cast.Rounding.NEAREST))
                        .input(powers)
                        .expect(of(FLOAT8E8M0, 1, 2, 0x1p-127, 4)));
    }

    private static Stream<Case> strings() {
        return Stream.of(
                fact(
                        "reads numbers",
                        HostTensor.of(Shape.of(5), "3.14", "1e-5", "+INF", "-inf", "nan"),
                        of(FLOAT32, 3.14, 1e-5, INF, -INF, NAN)),
                fact(
                        "reads integers",
                        HostTensor.of(Shape.of(3), "100.5", " -7 ", "9007199254740993"),
                        HostTensor.of(Shape.of(3), 100L, -7L, 9007199254740993L)),
                fact(
                        "writes floats",
                        of(FLOAT32, 3.14, 1e10, 0.1, NAN, -INF, 2),
                        HostTensor.of(Shape.of(6), "3.14", "10000000000.0", "0.1", "NaN", "-INF", "2.0")),
                fact(
                        "writes integers",
                        HostTensor.of(Shape.of(2), Long.MIN_VALUE, 5L),
                        HostTensor.of(Shape.of(2), "-9223372036854775808", "5")),
                fact("writes unsigned", of(UINT64, 0x1p63), HostTensor.of(Shape.of(1), "9223372036854775808")),
                fact("copies", HostTensor.of(Shape.of(1), "a"), HostTensor.of(Shape.of(1), "a")),
                Case.of("rejects words", new Cast(FLOAT32))
                        .input(HostTensor.of(Shape.of(1), "Hello"))
                        .rejects("Cast: \"Hello\" is not a number"),
                Case.of("rejects integers that do not fit", new Cast(INT64))
                        .input(HostTensor.of(Shape.of(1), "9223372036854775808"))
                        .rejects("does not fit int64"));
    }

    private static Stream<Case> others() {
        return Stream.of(
                Case.of("opset 1 spells the type", Cast.read(Attributes.of(1, Map.of("to", "DOUBLE"))))
                        .input(of(FLOAT32, 1))
                        .expect(of(FLOAT64, 1)),
                Case.of("like another", new CastLike(true, Cast.Rounding.UP))
                        .input(of(FLOAT32, 1.5))
                        .input(of(INT8))
                        .expect(of(INT8, 1)),
                Case.of("bits", new BitCast(INT32))
                        .input(of(FLOAT32, 1, -2))
                        .expect(of(INT32, 0x3f800000, -0x40000000)),
                Case.of("rejects bits of another width", new BitCast(INT64))
                        .input(of(FLOAT32, 1))
                        .rejects("BitCast: expected a type of the width of float32"),
                Case.of("rejects strings as bits", new BitCast(STRING))
                        .input(of(FLOAT32, 1))
                        .rejects("BitCast"));
    }

    /** Each pair that has a kernel, on values that both have, in a size that is no multiple of any vector. */
    private static Stream<Case> everyPair() {
        return FAST.stream().flatMap(from -> FAST.stream()
                .flatMap(to -> Stream.of(
                        Case.of(from + " to " + to, new Cast(to)).input(Data.integers(from, 1, 0, 100, 5, 27)),
                        Case.of(from + " to " + to + ", signed", new Cast(to))
                                .input(Data.integers(from, 2, -100, 100, 133)))));
    }
}
