package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

/** Expand and Tile. */
class ExpandTest extends OperatorTest {
    private static HostTensor longs(long... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static Case expand(String name, HostTensor x, long... shape) {
        return Case.of("expand: " + name, new Expand()).input(x).input(longs(shape));
    }

    private static Case tile(String name, HostTensor x, long... repeats) {
        return Case.of("tile: " + name, new Tile(false)).input(x).input(longs(repeats));
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.concat(
                facts(),
                Stream.of(DType.BOOL, DType.BFLOAT16, DType.FLOAT32, DType.COMPLEX64)
                        .flatMap(ExpandTest::everyWay));
    }

    private static Stream<Case> facts() {
        return Stream.of(
                expand("a column", HostTensor.of(Shape.of(2, 1), 1L, 2L), 2, 3)
                        .expect(HostTensor.of(Shape.of(2, 3), 1L, 1L, 1L, 2L, 2L, 2L)),
                expand("sizes of 1 keep the input's", HostTensor.of(Shape.of(2, 1), 1L, 2L), 2, 1, 1)
                        .expect(HostTensor.of(Shape.of(2, 2, 1), 1L, 2L, 1L, 2L)),
                expand("a scalar", HostTensor.of(Shape.SCALAR, 3f), 2).expect(HostTensor.of(Shape.of(2), 3f, 3f)),
                expand("to a shorter shape", HostTensor.of(Shape.of(1, 2), 3f, 4f), 1)
                        .expect(HostTensor.of(Shape.of(1, 2), 3f, 4f)),
                expand("to nothing", Data.normal(1, 1, 3), 0, 3),
                expand("strings", HostTensor.of(Shape.of(1), "a"), 2).expect(HostTensor.of(Shape.of(2), "a", "a")),
                expand("rejects 2 to 3", Data.normal(1, 2), 3).rejects("shapes do not broadcast: [2] and [3]"),
                expand("rejects a negative size", Data.normal(1, 1), -1).rejects("negative size"),
                expand("rejects an overflow", Data.normal(1, 1), 1L << 40, 1L << 40)
                        .rejects("overflows 64 bits"),
                tile("both axes", HostTensor.of(Shape.of(1, 2), 1L, 2L), 2, 2)
                        .expect(HostTensor.of(Shape.of(2, 4), 1L, 2L, 1L, 2L, 1L, 2L, 1L, 2L)),
                tile("a scalar", HostTensor.of(Shape.SCALAR, 3f)).expect(HostTensor.of(Shape.SCALAR, 3f)),
                tile("not at all", Data.normal(1, 2, 3), 0, 1),
                tile("strings", HostTensor.of(Shape.of(2), "a", "b"), 2)
                        .expect(HostTensor.of(Shape.of(4), "a", "b", "a", "b")),
                Case.of("tile: along one axis before opset 6", new Tile(true))
                        .input(HostTensor.of(Shape.of(2, 1), 1f, 2f))
                        .input(HostTensor.of(Shape.SCALAR, 2f))
                        .input(HostTensor.of(Shape.SCALAR, 1f))
                        .expect(HostTensor.of(Shape.of(2, 2), 1f, 1f, 2f, 2f)),
                tile("rejects too few repeats", Data.normal(1, 2, 3), 2).rejects("expected 2 repeats"),
                tile("rejects a negative repeat", Data.normal(1, 2), -1).rejects("of at least 0, given [-1]"),
                tile("rejects an overflow", Data.normal(1, 2), Long.MAX_VALUE).rejects("overflows 64 bits"));
    }

    private static Stream<Case> everyWay(DType dtype) {
        return Stream.of(
                expand("columns of " + dtype, Data.range(dtype, 7, 1), 7, 33),
                expand("rows of " + dtype, Data.range(dtype, 1, 33), 7, 33),
                expand("a mask of " + dtype, Data.range(dtype, 3, 1, 1, 50), 3, 2, 50, 50),
                expand("every other axis of " + dtype, Data.range(dtype, 3, 1, 5, 1), 3, 4, 5, 6),
                expand("many " + dtype, Data.range(dtype, 1, 300), 400, 300),
                tile("rows of " + dtype, Data.range(dtype, 5, 3), 1, 40),
                tile("all axes of " + dtype, Data.range(dtype, 2, 3, 4), 3, 2, 2),
                tile("many " + dtype, Data.range(dtype, 64, 3), 20, 30));
    }
}
