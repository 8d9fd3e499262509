package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

class TransposeTest extends OperatorTest {
    private static Case transpose(HostTensor x, Long... permutation) {
        return Case.of(x + " by " + List.of(permutation), new Transpose(Optional.of(List.of(permutation))))
                .input(x);
    }

    private static HostTensor x(DType dtype, long... sizes) {
        return Data.range(dtype, sizes);
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.concat(
                facts(),
                Stream.of(DType.INT8, DType.INT16, DType.FLOAT32, DType.INT64).flatMap(TransposeTest::everyWay));
    }

    private static Stream<Case> facts() {
        return Stream.of(
                Case.of("reversed by default", new Transpose(Optional.empty()))
                        .input(HostTensor.of(Shape.of(2, 3), 1L, 2L, 3L, 4L, 5L, 6L))
                        .expect(HostTensor.of(Shape.of(3, 2), 1L, 4L, 2L, 5L, 3L, 6L)),
                transpose(HostTensor.of(Shape.of(2, 1, 2), 1L, 2L, 3L, 4L), 2L, 0L, 1L)
                        .expect(HostTensor.of(Shape.of(2, 2, 1), 1L, 3L, 2L, 4L)),
                Case.of("a scalar", new Transpose(Optional.empty()))
                        .input(HostTensor.of(Shape.SCALAR, 3f))
                        .expect(HostTensor.of(Shape.SCALAR, 3f)),
                transpose(HostTensor.of(Shape.of(2, 2), "a", "b", "c", "d"), 1L, 0L)
                        .expect(HostTensor.of(Shape.of(2, 2), "a", "c", "b", "d")),
                transpose(HostTensor.of(DType.UINT4, Shape.of(1, 3), 1, 2, 15), 1L, 0L)
                        .expect(HostTensor.of(DType.UINT4, Shape.of(3, 1), 1, 2, 15)),
                transpose(x(DType.COMPLEX128, 3, 5), 1L, 0L),
                transpose(x(DType.BOOL, 0, 3), 1L, 0L),
                transpose(Data.normal(1, 1, 2, 1, 2, 1, 2, 1, 2, 2), 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L, 0L),
                transpose(x(DType.FLOAT32, 2, 3), 0L, 0L).rejects("expected a permutation of 2 axes, given [0, 0]"),
                transpose(x(DType.FLOAT32, 2, 3), 0L).rejects("expected a permutation of 2 axes"),
                transpose(x(DType.FLOAT32, 2, 3), 0L, 2L).rejects("expected a permutation of 2 axes"));
    }

    /** Runs, whole and clipped tiles, planes too narrow for tiles, many axes, and enough for several threads. */
    private static Stream<Case> everyWay(DType dtype) {
        return Stream.of(
                transpose(x(dtype, 1, 128, 12, 32), 0L, 2L, 1L, 3L),
                transpose(x(dtype, 1, 12, 32, 128), 0L, 1L, 3L, 2L),
                transpose(x(dtype, 3, 64, 64), 2L, 1L, 0L),
                transpose(x(dtype, 67, 131), 1L, 0L),
                transpose(x(dtype, 2, 33, 17), 0L, 2L, 1L),
                transpose(x(dtype, 5, 3, 400), 0L, 2L, 1L),
                transpose(x(dtype, 5, 400, 3), 0L, 2L, 1L),
                transpose(x(dtype, 2, 4, 2, 2, 5, 7), 0L, 1L, 4L, 2L, 5L, 3L),
                transpose(x(dtype, 2, 3, 2, 3, 2, 3, 2, 3), 7L, 0L, 6L, 1L, 5L, 2L, 4L, 3L),
                transpose(x(dtype, 300, 500), 1L, 0L));
    }
}
