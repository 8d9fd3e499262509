package io.sardonyx.op;

import static io.sardonyx.tensor.DType.BOOL;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.OptionalLong;
import java.util.stream.Stream;

class DropoutTest extends OperatorTest {
    private static final HostTensor X = HostTensor.of(Shape.of(6), 1f, 2f, 3f, 4f, 5f, 6f);
    private static final HostTensor ALL = HostTensor.of(BOOL, Shape.of(6), 1, 1, 1, 1, 1, 1);

    private static Dropout dropout(boolean mask) {
        return new Dropout(OptionalLong.of(0), true, mask);
    }

    private static HostTensor training(boolean value) {
        return HostTensor.of(BOOL, Shape.SCALAR, value ? 1 : 0);
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(
                Case.of("passes through", dropout(true)).input(X).expect(X, ALL),
                Case.of("passes through unmasked", dropout(false)).input(X).expect(X),
                Case.of("passes through before opset 12", new Dropout(OptionalLong.empty(), false, true))
                        .input(X)
                        .expect(X, ALL),
                Case.of("drops NumPy's elements for seed 0", dropout(true))
                        .input(X)
                        .input(HostTensor.of(Shape.SCALAR, 0.6f))
                        .input(training(true))
                        .expect(
                                HostTensor.of(Shape.of(6), 0f, 5f, 7.5f, 0f, 0f, 15f),
                                HostTensor.of(BOOL, Shape.of(6), 0, 1, 1, 0, 0, 1)),
                Case.of("drops nothing with ratio 0", dropout(true))
                        .input(X)
                        .input(HostTensor.of(Shape.SCALAR, 0f))
                        .input(training(true))
                        .expect(X, ALL),
                Case.of("does not train", dropout(false))
                        .input(X)
                        .input(HostTensor.of(Shape.SCALAR, 0.5f))
                        .input(training(false))
                        .expect(X),
                Case.of("rejects a ratio of 1", dropout(false))
                        .input(X)
                        .input(HostTensor.of(Shape.SCALAR, 1f))
                        .input(training(true))
                        .rejects("Dropout: ratio: expected 0 <= ratio < 1, given 1.0"),
                Case.of("rejects several ratios", dropout(false))
                        .input(X)
                        .input(Data.normal(1, 2))
                        .rejects("Dropout: ratio: expected one float"));
    }
}
