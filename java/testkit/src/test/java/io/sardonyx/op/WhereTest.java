package io.sardonyx.op;

import static io.sardonyx.tensor.DType.BOOL;
import static io.sardonyx.tensor.DType.COMPLEX128;
import static io.sardonyx.tensor.DType.FLOAT16;
import static io.sardonyx.tensor.DType.FLOAT32;
import static io.sardonyx.tensor.DType.INT64;
import static io.sardonyx.tensor.DType.UINT8;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

class WhereTest extends OperatorTest {
    private static HostTensor condition(long... sizes) {
        return Data.integers(BOOL, 1, 0, 1, sizes);
    }

    @Override
    protected Stream<Case> cases() {
        Stream<Case> facts = Stream.of(
                Case.of("picks", new Where())
                        .input(HostTensor.of(BOOL, Shape.of(2, 2), 1, 0, 1, 1))
                        .input(HostTensor.of(Shape.of(2, 2), 1L, 2L, 3L, 4L))
                        .input(HostTensor.of(Shape.of(2, 1), 9L, 8L))
                        .expect(HostTensor.of(Shape.of(2, 2), 1L, 9L, 3L, 4L)),
                Case.of("strings", new Where())
                        .input(HostTensor.of(BOOL, Shape.of(2), 1, 0))
                        .input(HostTensor.of(Shape.of(2), "a", "b"))
                        .input(HostTensor.of(Shape.of(2), "c", "d"))
                        .expect(HostTensor.of(Shape.of(2), "a", "d")),
                Case.of("a mask over rows", new Where())
                        .input(condition(2, 1, 1, 35))
                        .input(Data.normal(2))
                        .input(Data.normal(3, 2, 3, 5, 35)),
                Case.of("a mask over columns", new Where())
                        .input(condition(5, 1))
                        .input(Data.normal(2, 5, 33))
                        .input(Data.normal(3, 33)),
                Case.of("one condition", new Where())
                        .input(condition())
                        .input(Data.normal(2, 5, 33))
                        .input(Data.normal(3, 5, 33)),
                Case.of("scalars under a condition", new Where())
                        .input(condition(5, 33))
                        .input(Data.normal(2))
                        .input(Data.normal(3)),
                Case.of("all outer", new Where())
                        .input(condition(5, 1, 1))
                        .input(Data.normal(2, 4, 1))
                        .input(Data.normal(3, 3)),
                Case.of("enough for all threads", new Where())
                        .input(condition(300, 401))
                        .input(Data.normal(2, 300, 1))
                        .input(Data.normal(3, 300, 401)),
                Case.of("nothing", new Where())
                        .input(condition(0, 3))
                        .input(Data.normal(2, 3))
                        .input(Data.normal(3, 1, 1)),
                Case.of("rejects numbers as condition", new Where())
                        .input(Data.normal(1, 2))
                        .input(Data.normal(2, 2))
                        .input(Data.normal(3, 2))
                        .rejects("Where: expected bool, given float32[2]"));
        Stream<Case> widths = Stream.of(UINT8, FLOAT16, FLOAT32, INT64, COMPLEX128)
                .map(type -> Case.of("of " + type, new Where())
                        .input(condition(7, 19))
                        .input(Data.integers(type, 2, 0, 50, 7, 19))
                        .input(Data.integers(type, 3, 50, 100, 19)));
        return Stream.concat(facts, widths);
    }
}
