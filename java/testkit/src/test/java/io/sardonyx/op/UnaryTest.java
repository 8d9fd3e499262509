package io.sardonyx.op;

import static io.sardonyx.tensor.DType.BFLOAT16;
import static io.sardonyx.tensor.DType.BOOL;
import static io.sardonyx.tensor.DType.FLOAT16;
import static io.sardonyx.tensor.DType.FLOAT32;
import static io.sardonyx.tensor.DType.FLOAT64;
import static io.sardonyx.tensor.DType.INT32;
import static io.sardonyx.tensor.DType.INT64;
import static io.sardonyx.tensor.DType.INT8;
import static io.sardonyx.tensor.DType.UINT64;
import static io.sardonyx.tensor.DType.UINT8;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.List;
import java.util.stream.Stream;

class UnaryTest extends OperatorTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double[] SPECIAL = {
        NAN, INF, -INF, 0, -0.0, 1, -1, 0.5, -0.5, 1e-30, -1e-30, 88, -88, 1e4, -1e4
    };

    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), compared(), devices(), integers()).flatMap(cases -> cases);
    }

    private static Case fact(String name, Operator operator, double[] x, double... y) {
        return Case.of(name, operator).input(floats(FLOAT32, x)).expect(floats(FLOAT32, y));
    }

    private static HostTensor floats(DType type, double... values) {
        return HostTensor.of(type, Shape.of(values.length), values);
    }

    private static double[] of(double... values) {
        return values;
    }

    private static Stream<Case> facts() {
        return Stream.of(
                fact("halves round to even", new Round(), of(0.5, 1.5, 2.5, -0.5, -1.5, 2.51), 0, 2, 2, -0.0, -2, 3),
                fact("ceil and negative zero", new Ceil(), of(-0.5, 0.5, 2, 1e30, -INF), -0.0, 1, 2, 1e30, -INF),
                fact("floor", new Floor(), of(-0.5, 0.5, -2, 1e30, INF), -1, 0, -2, 1e30, INF),
                fact("sign", new Sign(), of(-3, 0, 5, NAN, INF, -INF), -1, 0, 1, NAN, 1, -1),
                fact("abs", new Abs(), of(-3, -0.0, NAN, -INF), 3, 0, NAN, INF),
                fact("neg", new Neg(), of(-3, 0, NAN, INF), 3, -0.0, NAN, -INF),
                fact("square roots", new Sqrt(), of(4, 0, -1, INF, NAN), 2, 0, NAN, INF, NAN),
                fact("reciprocals", new Reciprocal(), of(4, 0, -0.0, INF), 0.25, INF, -INF, 0),
                fact(
                        "exponential at its limits",
                        new Exp(),
                        of(0, 1, -INF, INF, NAN, 89, -104),
                        1,
                        Math.E,
                        0,
                        INF,
                        NAN,
                        INF,
                        0),
                fact("logarithm at its limits", new Log(), of(1, 0, -1, INF, NAN), 0, -INF, NAN, INF, NAN),
                fact("hyperbolic tangent saturates", new Tanh(), of(0, INF, -INF, 20, -20, NAN), 0, 1, -1, 1, -1, NAN),
                fact(
                        "error function",
                        new Erf(),
                        of(0, 0.5, -1, 3, INF, -INF, NAN),
                        0,
                        0.5204998778,
                        -0.8427007929,
                        0.9999779095,
                        1,
                        -1,
                        NAN),
                fact("inverse hyperbolic sine", new Asinh(), of(0, 1, -1e-4, 1e20), 0, 0.881373587, -1e-4, 46.744849),
                fact("inverse hyperbolic cosine", new Acosh(), of(1, 2, 0.5, 1e20), 0, 1.316957897, NAN, 46.744849),
                fact("inverse hyperbolic tangent", new Atanh(), of(0, 0.5, 1, -1, 2), 0, 0.549306144, INF, -INF, NAN),
                fact("relu keeps NaN", new Relu(), of(-1, 2, NAN, -INF, INF), 0, 2, NAN, 0, INF),
                fact("leaky relu", new LeakyRelu(0.1f), of(-1, 2, NAN), -0.1, 2, NAN),
                fact("elu", new Elu(2), of(-1, 1, -INF, NAN), 2 * Math.expm1(-1), 1, -2, NAN),
                fact("selu", new Selu(2, 3), of(-1, 0, 1), 6 * Math.expm1(-1), 0, 3),
                fact("celu", new Celu(2), of(-2, 3, NAN), 2 * Math.expm1(-1), 3, NAN),
                fact("thresholded relu", new ThresholdedRelu(2), of(2, 2.5, -3), 0, 2.5, 0),
                fact(
                        "sigmoid does not overflow",
                        new Sigmoid(),
                        of(0, 100, -100, INF, -INF, NAN),
                        0.5,
                        1,
                        0,
                        1,
                        0,
                        NAN),
                fact("hard sigmoid", new HardSigmoid(0.5f, 0.6f), of(-1, 0, 1, NAN), 0.1, 0.6, 1, NAN),
                fact("hard swish", new HardSwish(), of(-4, -1, 0, 1, 4, NAN), 0, -1 / 3.0, 0, 2 / 3.0, 4, NAN),
                fact("softplus does not overflow", new Softplus(), of(0, 1000, -1000, NAN), Math.log(2), 1000, 0, NAN),
                fact("softsign", new Softsign(), of(1, -3, 0), 0.5, -0.75, 0),
                fact("mish", new Mish(), of(0, 1, 100), 0, 0.8650983882, 100),
                fact("gelu", new Gelu(false), of(0, 1, -1, -20, INF, -INF), 0, 0.8413447461, -0.1586552539, 0, INF, 0),
                fact("gelu by tanh", new Gelu(true), of(0, 1, -1, INF, -INF), 0, 0.8411919906, -0.1588080094, INF, 0),
                fact("swish", new Swish(2), of(0, 1, 100, -100), 0, 1 / (1 + Math.exp(-2)), 100, 0),
                fact("quick gelu", new QuickGelu(1.702f), of(1), 1 / (1 + Math.exp(-1.702))),
                fact("shrink", new Shrink(1.5f, 1.5f), of(-2, -1, 0, 1, 2), -0.5, 0, 0, 0, 0.5),
                Case.of("not", new Not())
                        .input(HostTensor.of(BOOL, Shape.of(2), 0, 1))
                        .expect(HostTensor.of(BOOL, Shape.of(2), 1, 0)),
                Case.of("is NaN", new IsNaN())
                        .input(floats(FLOAT32, 1, NAN, INF))
                        .expect(HostTensor.of(BOOL, Shape.of(3), 0, 1, 0)),
                Case.of("is an infinity", new IsInf(true, true))
                        .input(floats(FLOAT32, 1, NAN, INF, -INF))
                        .expect(HostTensor.of(BOOL, Shape.of(4), 0, 0, 1, 1)),
                Case.of("is minus infinity", new IsInf(true, false))
                        .input(floats(FLOAT64, 1, NAN, INF, -INF))
                        .expect(HostTensor.of(BOOL, Shape.of(4), 0, 0, 0, 1)),
                Case.of("rejects bool", new Abs())
                        .input(HostTensor.of(BOOL, Shape.of(1), 0))
                        .rejects("Abs: expected a numeric type, given bool[1]"),
                Case.of("rejects integers", new Exp())
                        .input(HostTensor.of(Shape.of(1), 0L))
                        .rejects("Exp: expected a float type"),
                Case.of("rejects floats", new BitwiseNot())
                        .input(floats(FLOAT32, 1))
                        .rejects("expected an integer type"));
    }

    private static final List<Unary> ALL = List.of(
            new Abs(),
            new Neg(),
            new Ceil(),
            new Floor(),
            new Round(),
            new Sign(),
            new Sqrt(),
            new Reciprocal(),
            new Exp(),
            new Log(),
            new Sin(),
            new Cos(),
            new Tan(),
            new Asin(),
            new Acos(),
            new Atan(),
            new Sinh(),
            new Cosh(),
            new Tanh(),
            new Asinh(),
            new Acosh(),
            new Atanh(),
            new Erf(),
            new IsNaN(),
            new IsInf(false, true),
            new Relu(),
            new LeakyRelu(0.01f),
            new Elu(1),
            new Selu(1.67f, 1.05f),
            new Celu(1.5f),
            new ThresholdedRelu(1),
            new Sigmoid(),
            new HardSigmoid(0.2f, 0.5f),
            new HardSwish(),
            new Softplus(),
            new Softsign(),
            new Mish(),
            new Gelu(false),
            new Gelu(true),
            new Swish(1),
            new QuickGelu(1.702f),
            new Shrink(0.1f, 0.5f));

    /** Every function against the reference: sizes around the vector width, then numbers that are special to some of them. */
    private static Stream<Case> compared() {
        return ALL.stream()
                .flatMap(f -> Stream.of(
                        Case.of(f + " on 101", f).input(Data.normal(1, 101)),
                        Case.of(f + " on special numbers", f).input(floats(FLOAT32, SPECIAL)),
                        Case.of(f + " on special doubles", f).input(floats(FLOAT64, SPECIAL)),
                        Case.of(f + " in double", f).input(Data.normal(FLOAT64, 2, 3, 7)),
                        Case.of(f + " in half", f).input(Data.normal(FLOAT16, 3, 5, 7)),
                        Case.of(f + " in bfloat16", f).input(Data.normal(BFLOAT16, 4, 37))));
    }

    private static Stream<Case> devices() {
        return Stream.of(
                Case.of("a scalar", new Exp()).input(HostTensor.of(Shape.SCALAR, 1f)),
                Case.of("empty", new Exp()).input(Data.normal(1, 0, 3)),
                Case.of("one", new Sigmoid()).input(Data.normal(1, 1)),
                Case.of("seventeen", new Sigmoid()).input(Data.normal(1, 17)),
                Case.of("enough for all threads", new Tanh()).input(Data.normal(1, 200_003)),
                Case.of("sines of large numbers", new Sin()).input(Data.uniform(FLOAT32, 1, -1e5, 1e5, 1000)),
                Case.of("cosines of huge numbers", new Cos()).input(floats(FLOAT32, 1e10, 1e20, -1e30, 3e38)),
                Case.of("exponentials", new Exp()).input(Data.uniform(FLOAT32, 2, -104, 89, 1000)),
                Case.of("logarithms", new Log()).input(Data.uniform(FLOAT32, 3, 0, 3, 1000)),
                Case.of("error functions", new Erf())
                        .input(Data.uniform(FLOAT32, 4, -5, 5, 1000))
                        .within(Tolerance.of(1e-5, 1e-6)));
    }

    private static Stream<Case> integers() {
        return Stream.of(
                Case.of("the smallest integer has no positive", new Abs())
                        .input(HostTensor.of(INT8, Shape.of(3), -128, -127, 5))
                        .expect(HostTensor.of(INT8, Shape.of(3), -128, 127, 5)),
                Case.of("abs of int64", new Abs())
                        .input(HostTensor.of(Shape.of(2), Long.MIN_VALUE, -7L))
                        .expect(HostTensor.of(Shape.of(2), Long.MIN_VALUE, 7L)),
                Case.of("abs of uint64", new Abs())
                        .input(HostTensor.of(UINT64, Shape.of(2), 0x1p63, 3))
                        .expect(HostTensor.of(UINT64, Shape.of(2), 0x1p63, 3)),
                Case.of("neg of int32", new Neg())
                        .input(HostTensor.of(INT32, Shape.of(3), -0x1p31, 5, 0))
                        .expect(HostTensor.of(INT32, Shape.of(3), -0x1p31, -5, 0)),
                Case.of("sign of uint8", new Sign())
                        .input(HostTensor.of(UINT8, Shape.of(2), 0, 200))
                        .expect(HostTensor.of(UINT8, Shape.of(2), 0, 1)),
                Case.of("relu of int64", new Relu())
                        .input(HostTensor.of(Shape.of(3), -5L, 0L, 5L))
                        .expect(HostTensor.of(Shape.of(3), 0L, 0L, 5L)),
                Case.of("bits of int8", new BitwiseNot())
                        .input(HostTensor.of(INT8, Shape.of(3), 0, -1, 5))
                        .expect(HostTensor.of(INT8, Shape.of(3), -1, 0, -6)),
                Case.of("many", new Abs()).input(Data.integers(INT64, 5, -100, 100, 1003)),
                Case.of("many of 32 bits", new Neg()).input(Data.integers(INT32, 6, -100, 100, 1003)));
    }
}
