package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

class SoftmaxTest extends OperatorTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    @Override
    protected Stream<Case> cases() {
        return Stream.of(
                Case.of("two equal values", new Softmax(0, false))
                        .input(HostTensor.of(Shape.of(2), 0f, 0f))
                        .expect(HostTensor.of(Shape.of(2), .5f, .5f)),
                Case.of("large values do not overflow", new Softmax(0, false))
                        .input(HostTensor.of(Shape.of(3), 1001f, 1002f, 1003f))
                        .expect(HostTensor.of(Shape.of(3), 0.09003057f, 0.24472848f, 0.66524094f)),
                Case.of("minus infinity is zero", new Softmax(-1, false))
                        .input(HostTensor.of(Shape.of(2), 0f, -INF))
                        .expect(HostTensor.of(Shape.of(2), 1f, 0f)),
                Case.of("NaN spoils its row only", new Softmax(-1, false))
                        .input(HostTensor.of(Shape.of(2, 2), 0f, Float.NaN, 0f, 0f))
                        .expect(HostTensor.of(Shape.of(2, 2), Float.NaN, Float.NaN, .5f, .5f)),
                Case.of("rows", new Softmax(-1, false)).input(Data.normal(1, 5, 17)),
                Case.of("attention scores", new Softmax(-1, false)).input(Data.normal(2, 2, 3, 16, 128)),
                Case.of("middle axis", new Softmax(1, false)).input(Data.normal(3, 3, 7, 5)),
                Case.of("flattened before opset 13", new Softmax(1, true)).input(Data.normal(4, 3, 4, 5)),
                Case.of("empty", new Softmax(-1, false)).input(Data.normal(5, 0, 4)),
                Case.of("float16", new Softmax(-1, false)).input(Data.normal(DType.FLOAT16, 6, 3, 37)),
                Case.of("bfloat16, first axis", new Softmax(0, false)).input(Data.normal(DType.BFLOAT16, 6, 37, 3)),
                Case.of("float64", new Softmax(-1, false)).input(Data.normal(DType.FLOAT64, 6, 3, 4)),
                Case.of("nine axes", new Softmax(4, false)).input(Data.normal(8, 1, 2, 1, 2, 3, 1, 2, 1, 2)),
                Case.of("rows around the width of registers", new Softmax(-1, false))
                        .input(Data.normal(9, 3, 129)),
                Case.of("long rows", new Softmax(-1, false)).input(Data.normal(10, 2, 9001)),
                Case.of("many columns", new Softmax(0, false)).input(Data.normal(11, 70, 67)),
                Case.of("rejects integers", new Softmax(0, false))
                        .input(HostTensor.of(Shape.of(2), 1L, 2L))
                        .rejects("expected a float type"),
                Case.of("rejects an axis outside", new Softmax(2, false))
                        .input(Data.normal(7, 2, 2))
                        .rejects("axis 2 is out of range"));
    }
}
