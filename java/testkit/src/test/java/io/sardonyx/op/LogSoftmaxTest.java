package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

class LogSoftmaxTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(
                Case.of("two equal values", new LogSoftmax(0, false))
                        .input(HostTensor.of(Shape.of(2), 0f, 0f))
                        .expect(HostTensor.of(Shape.of(2), -0.6931472f, -0.6931472f)),
                Case.of("large values do not overflow", new LogSoftmax(0, false))
                        .input(HostTensor.of(Shape.of(3), 10001f, 10002f, 10003f))
                        .expect(HostTensor.of(Shape.of(3), -2.407606f, -1.4076059f, -0.4076059f)),
                Case.of("minus infinity stays", new LogSoftmax(-1, false))
                        .input(HostTensor.of(Shape.of(2), 0f, Float.NEGATIVE_INFINITY))
                        .expect(HostTensor.of(Shape.of(2), 0f, Float.NEGATIVE_INFINITY)),
                Case.of("NaN spoils its row only", new LogSoftmax(-1, false))
                        .input(HostTensor.of(Shape.of(2, 1), Float.NaN, 3f))
                        .expect(HostTensor.of(Shape.of(2, 1), Float.NaN, 0f)),
                Case.of("rows", new LogSoftmax(-1, false)).input(Data.normal(1, 5, 17)),
                Case.of("long rows", new LogSoftmax(-1, false)).input(Data.normal(1, 2, 1003)),
                Case.of("first axis", new LogSoftmax(0, false)).input(Data.normal(2, 7, 33)),
                Case.of("middle axis", new LogSoftmax(1, false)).input(Data.normal(3, 3, 7, 5)),
                Case.of("flattened before opset 13", new LogSoftmax(1, true)).input(Data.normal(4, 3, 4, 5)),
                Case.of("empty", new LogSoftmax(-1, false)).input(Data.normal(5, 0, 4)),
                Case.of("float16", new LogSoftmax(-1, false)).input(Data.normal(DType.FLOAT16, 6, 3, 37)),
                Case.of("bfloat16, first axis", new LogSoftmax(0, false)).input(Data.normal(DType.BFLOAT16, 6, 37, 3)),
                Case.of("float64", new LogSoftmax(-1, false)).input(Data.normal(DType.FLOAT64, 6, 3, 4)),
                Case.of("rejects integers", new LogSoftmax(0, false))
                        .input(HostTensor.of(Shape.of(2), 1L, 2L))
                        .rejects("expected a float type"));
    }
}
