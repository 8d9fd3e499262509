package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

class HardmaxTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        HostTensor x = HostTensor.of(Shape.of(2, 3), 3f, 0f, 3f, 1f, 2f, 0f);
        return Stream.of(
                Case.of("first of equals", new Hardmax(-1, false))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(2, 3), 1f, 0f, 0f, 0f, 1f, 0f)),
                Case.of("columns", new Hardmax(0, false))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(2, 3), 1f, 0f, 1f, 0f, 1f, 0f)),
                Case.of("flattened before opset 13", new Hardmax(0, true))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(2, 3), 1f, 0f, 0f, 0f, 0f, 0f)),
                Case.of("empty", new Hardmax(-1, false)).input(Data.normal(1, 2, 0)));
    }
}
