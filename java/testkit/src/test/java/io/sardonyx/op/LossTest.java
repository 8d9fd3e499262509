package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Losses and the steps of optimisers. */
class LossTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.concat(losses(), steps());
    }

    private static HostTensor scalar(float value) {
        return HostTensor.of(Shape.SCALAR, value);
    }

    private static HostTensor floats(float... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static Case likelihood(String name, String reduction, long... classes) {
        return Case.of(name, new NegativeLogLikelihoodLoss(reduction, OptionalLong.of(-1)))
                .input(HostTensor.of(Shape.of(2, 2), -1f, -2f, -3f, -5f))
                .input(HostTensor.of(Shape.of(2), classes));
    }

    private static Stream<Case> losses() {
        return Stream.of(
                likelihood("each", "none", 0, 1).expect(floats(1, 5)),
                likelihood("mean", "mean", 0, 1).expect(scalar(3)),
                likelihood("weighted mean", "mean", 0, 1).input(floats(1, 3)).expect(scalar(4)),
                likelihood("sum without the ignored", "sum", -1, 1).expect(scalar(5)),
                likelihood("mean of nothing", "mean", -1, -1).expect(scalar(Float.NaN)),
                likelihood("rejects a class outside", "mean", 0, 2).rejects("class 2 is outside [0, 2)"),
                likelihood("rejects another reduction", "max", 0, 1).rejects("expected none, sum or mean, given max"),
                Case.of("cross entropy of equal scores", new SoftmaxCrossEntropyLoss("mean", OptionalLong.empty()))
                        .input(HostTensor.of(Shape.of(1, 2, 2), 7f, 0f, 7f, 0f))
                        .input(HostTensor.of(Shape.of(1, 2), 0L, 1L))
                        .expect(
                                scalar(0.6931472f),
                                HostTensor.of(Shape.of(1, 2, 2), -0.6931472f, -0.6931472f, -0.6931472f, -0.6931472f)));
    }

    private static Stream<Case> steps() {
        return Stream.of(
                Case.of("momentum", new Momentum(0.5f, 2, 0, false))
                        .input(scalar(0.5f))
                        .input(HostTensor.of(Shape.SCALAR, 1L))
                        .input(floats(1))
                        .input(floats(2))
                        .input(floats(4))
                        .expect(floats(-2), floats(6)),
                Case.of("Nesterov's momentum, step 0", new Momentum(0.5f, 2, 0, true))
                        .input(scalar(0.5f))
                        .input(HostTensor.of(Shape.SCALAR, 0L))
                        .input(floats(1))
                        .input(floats(2))
                        .input(floats(4))
                        .expect(floats(-1), floats(4)),
                Case.of("Adagrad of two tensors", new Adagrad(0, 0, 0))
                        .input(scalar(1))
                        .input(HostTensor.of(Shape.SCALAR, 0L))
                        .input(floats(1))
                        .input(floats(1, 1))
                        .input(floats(3))
                        .input(floats(3, -3))
                        .input(floats(16))
                        .input(floats(16, 16))
                        .expect(floats(.4f), floats(.4f, 1.6f), floats(25), floats(25, 25)),
                Case.of("Adam, step 0", new Adam(0.5f, 0.75f, 0, 0, 0))
                        .input(scalar(1))
                        .input(HostTensor.of(Shape.SCALAR, 0L))
                        .input(floats(1))
                        .input(floats(4))
                        .input(floats(0))
                        .input(floats(0))
                        .expect(floats(0), floats(2), floats(4))
                        .within(Tolerance.of(1e-6, 1e-6)),
                Case.of("rejects a missing state", new Adam(0.5f, 0.5f, 0, 0, 0))
                        .input(scalar(1))
                        .input(HostTensor.of(Shape.SCALAR, 0L))
                        .input(floats(1))
                        .rejects("4 inputs for each tensor, given 3"));
    }
}
