package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

class CumulationTest extends OperatorTest {
    private static final HostTensor FIRST = HostTensor.of(Shape.SCALAR, 0L);
    private static final HostTensor LAST = HostTensor.of(Shape.of(1), -1L);

    @Override
    protected Stream<Case> cases() {
        HostTensor x = HostTensor.of(Shape.of(4), 1f, 2f, 3f, 4f);
        return Stream.concat(
                Stream.of(
                        Case.of("sum", new CumSum(false, false))
                                .input(x)
                                .input(FIRST)
                                .expect(HostTensor.of(Shape.of(4), 1f, 3f, 6f, 10f)),
                        Case.of("exclusive", new CumSum(true, false))
                                .input(x)
                                .input(FIRST)
                                .expect(HostTensor.of(Shape.of(4), 0f, 1f, 3f, 6f)),
                        Case.of("reverse", new CumSum(false, true))
                                .input(x)
                                .input(LAST)
                                .expect(HostTensor.of(Shape.of(4), 10f, 9f, 7f, 4f)),
                        Case.of("exclusive and reverse", new CumProd(true, true))
                                .input(x)
                                .input(LAST)
                                .expect(HostTensor.of(Shape.of(4), 24f, 12f, 4f, 1f)),
                        Case.of("integers wrap", new CumSum(false, false))
                                .input(HostTensor.of(DType.INT32, Shape.of(2), Integer.MAX_VALUE, 1))
                                .input(FIRST)
                                .expect(HostTensor.of(DType.INT32, Shape.of(2), Integer.MAX_VALUE, Integer.MIN_VALUE)),
                        Case.of("NaN stays", new CumSum(false, false))
                                .input(HostTensor.of(Shape.of(3), 1f, Float.NaN, 1f))
                                .input(FIRST)
                                .expect(HostTensor.of(Shape.of(3), 1f, Float.NaN, Float.NaN)),
                        Case.of("empty", new CumSum(false, false))
                                .input(Data.normal(1, 3, 0))
                                .input(FIRST),
                        Case.of("rows of 600", new CumSum(false, true))
                                .input(Data.normal(1, 2, 600))
                                .input(LAST),
                        Case.of("rejects an axis outside", new CumSum(false, false))
                                .input(x)
                                .input(HostTensor.of(Shape.SCALAR, 1L))
                                .rejects("axis 1 is out of range"),
                        Case.of("rejects two axes", new CumSum(false, false))
                                .input(x)
                                .input(HostTensor.of(Shape.of(2), 0L, 1L))
                                .rejects("expected one integer")),
                Stream.of(true, false).flatMap(flag -> Stream.of(
                                DType.FLOAT32, DType.FLOAT16, DType.FLOAT64, DType.INT32, DType.INT64)
                        .flatMap(type -> Stream.of(
                                Case.of("rows, " + type, new CumSum(flag, !flag))
                                        .input(Data.integers(type, 1, -9, 9, 3, 67))
                                        .input(LAST),
                                Case.of("columns, " + type, new CumSum(flag, flag))
                                        .input(Data.integers(type, 2, -9, 9, 5, 67))
                                        .input(FIRST),
                                Case.of("middle, " + type, new CumProd(flag, flag))
                                        .input(Data.integers(type, 2, -2, 2, 2, 9, 3))
                                        .input(HostTensor.of(Shape.SCALAR, 1L))))));
    }
}
