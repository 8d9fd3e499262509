package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Concat and Split. */
class ConcatTest extends OperatorTest {
    private static final HostTensor EIGHT = HostTensor.of(Shape.of(2, 4), 0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    private static final HostTensor LEFT = HostTensor.of(Shape.of(2, 1), 0L, 4L);
    private static final HostTensor RIGHT = HostTensor.of(Shape.of(2, 3), 1L, 2L, 3L, 5L, 6L, 7L);

    private static Case concat(String name, long axis, HostTensor... parts) {
        Case c = Case.of("concat: " + name, new Concat(axis));
        for (HostTensor part : parts) {
            c.input(part);
        }
        return c;
    }

    private static Split split(int opset, int outputs, Map<String, Object> attributes) {
        return Split.read(Attributes.of(opset, outputs, attributes));
    }

    private static Case split(String name, HostTensor x, long axis, long... sizes) {
        return Case.of("split: " + name, new Split(axis, Optional.empty(), true))
                .input(x)
                .input(HostTensor.of(Shape.of(sizes.length), sizes))
                .outputs(sizes.length);
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(
                        concats(),
                        splits(),
                        Stream.of(DType.INT8, DType.FLOAT16, DType.FLOAT32, DType.INT64)
                                .flatMap(ConcatTest::everyWay))
                .flatMap(s -> s);
    }

    private static Stream<Case> concats() {
        HostTensor x = Data.normal(1, 2, 3);
        HostTensor none = HostTensor.of(Shape.of(0), new float[0]);
        return Stream.of(
                concat("columns", 1, LEFT, RIGHT).expect(EIGHT),
                concat("columns from the end", -1, LEFT, RIGHT).expect(EIGHT),
                concat("rows", 0, HostTensor.of(Shape.of(1), 1L), HostTensor.of(Shape.of(2), 2L, 3L))
                        .expect(HostTensor.of(Shape.of(3), 1L, 2L, 3L)),
                concat("one", 0, x).expect(x),
                concat("strings", 0, HostTensor.of(Shape.of(1), "a"), HostTensor.of(Shape.of(1), "b"))
                        .expect(HostTensor.of(Shape.of(2), "a", "b")),
                concat("four bits", 1, Data.range(DType.INT4, 3, 1), Data.range(DType.INT4, 3, 4)),
                concat("an empty vector joins", 1, none, x, none).expect(x),
                concat("empty ones", 1, Data.normal(1, 2, 0), x, Data.normal(1, 2, 0))
                        .expect(x),
                concat("nothing", 0, Data.normal(1, 0, 3), Data.normal(1, 0, 3)),
                concat("rejects sizes that differ", 1, x, Data.normal(1, 3, 3)).rejects("sizes differ off axis 1"),
                concat("rejects ranks that differ", 0, x, Data.normal(1, 3)).rejects("[2, 3] and [3]"),
                concat("rejects types that differ", 0, x, LEFT).rejects("expected float32"),
                concat("rejects scalars", 0, HostTensor.of(Shape.SCALAR, 1f)).rejects("axis 0 is out of range"));
    }

    private static Stream<Case> splits() {
        HostTensor five = Data.range(DType.INT64, 5);
        return Stream.of(
                split("columns", EIGHT, 1, 1, 3).expect(LEFT, RIGHT),
                split("columns from the end", EIGHT, -1, 1, 3).expect(LEFT, RIGHT),
                split("empty parts", EIGHT, 0, 0, 2, 0)
                        .expect(Data.range(DType.INT64, 0, 4), EIGHT, Data.range(DType.INT64, 0, 4)),
                split("strings", HostTensor.of(Shape.of(2), "a", "b"), 0, 1, 1)
                        .expect(HostTensor.of(Shape.of(1), "a"), HostTensor.of(Shape.of(1), "b")),
                Case.of("split: by attribute", split(2, 2, Map.of("split", List.of(1L, 3L), "axis", 1L)))
                        .input(EIGHT)
                        .expect(LEFT, RIGHT),
                Case.of("split: equal parts", split(13, 2, Map.of()))
                        .input(HostTensor.of(Shape.of(4), 1L, 2L, 3L, 4L))
                        .expect(HostTensor.of(Shape.of(2), 1L, 2L), HostTensor.of(Shape.of(2), 3L, 4L)),
                Case.of("split: the last part is smaller", split(18, 2, Map.of("num_outputs", 2L)))
                        .input(five)
                        .expect(HostTensor.of(Shape.of(3), 0L, 1L, 2L), HostTensor.of(Shape.of(2), 3L, 4L)),
                Case.of("split: unequal before 18", split(13, 2, Map.of()))
                        .input(five)
                        .outputs(2)
                        .rejects("cannot cut 5 into 2 equal parts"),
                split("rejects another sum", five, 0, 2, 2).rejects("sizes that add up to 5, given [2, 2]"),
                split("rejects a negative size", five, 0, 7, -2).rejects("add up to 5"),
                split("rejects sums that overflow", five, 0, Long.MAX_VALUE, Long.MAX_VALUE, 7)
                        .rejects("add up to 5"),
                split("rejects too few sizes", five, 0, 5).outputs(2).rejects("expected 2 sizes"));
    }

    private static Stream<Case> everyWay(DType dtype) {
        return Stream.of(
                concat("narrow " + dtype, 2, x(dtype, 5, 7, 1), x(dtype, 5, 7, 2), x(dtype, 5, 7, 1)),
                concat("wide " + dtype, 1, x(dtype, 2, 30, 50), x(dtype, 2, 31, 50), x(dtype, 2, 0, 50)),
                concat("many " + dtype, 0, x(dtype, 3, 100_000), x(dtype, 1, 100_000)),
                split("narrow " + dtype, x(dtype, 5, 7, 4), 2, 1, 2, 1),
                split("wide " + dtype, x(dtype, 2, 61, 50), 1, 30, 0, 31),
                split("many " + dtype, x(dtype, 4, 100_000), 0, 3, 1));
    }

    private static HostTensor x(DType dtype, long... sizes) {
        return Data.range(dtype, sizes);
    }
}
