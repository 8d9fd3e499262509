package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.stream.Stream;

/** ScatterElements, ScatterND and TensorScatter. */
class ScatterTest extends OperatorTest {
    private static final HostTensor SIX = Data.range(DType.INT64, 2, 3);
    private static final ScatterReduction NONE = ScatterReduction.NONE;

    private static HostTensor longs(Shape shape, long... values) {
        return HostTensor.of(shape, values);
    }

    private static HostTensor longs(long... values) {
        return longs(Shape.of(values.length), values);
    }

    private static HostTensor six(long... values) {
        return longs(Shape.of(2, 3), values);
    }

    private static Case elements(
            String name, long axis, ScatterReduction reduction, HostTensor x, HostTensor indices, HostTensor updates) {
        return Case.of("elements: " + name, new ScatterElements(axis, reduction))
                .input(x)
                .input(indices)
                .input(updates)
                .within(Tolerance.EXACT);
    }

    private static Case slices(
            String name, ScatterReduction reduction, HostTensor x, HostTensor indices, HostTensor updates) {
        return Case.of("slices: " + name, new ScatterND(reduction))
                .input(x)
                .input(indices)
                .input(updates)
                .within(Tolerance.EXACT);
    }

    private static Case cache(String name, boolean circular, HostTensor cache, HostTensor update, long... starts) {
        return Case.of("cache: " + name, new TensorScatter(-2, circular))
                .input(cache)
                .input(update)
                .input(longs(starts));
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(
                        elements(),
                        slices(),
                        caches(),
                        Stream.of(ScatterReduction.values()).flatMap(ScatterTest::reductions),
                        Stream.of(DType.INT8, DType.FLOAT16, DType.FLOAT32, DType.UINT64)
                                .flatMap(ScatterTest::everyWay))
                .flatMap(s -> s);
    }

    private static Stream<Case> elements() {
        HostTensor bad = longs(Shape.of(1, 2), 0, 3);
        return Stream.of(
                elements(
                                "of columns",
                                1,
                                NONE,
                                SIX,
                                longs(Shape.of(2, 2), 0, -1, 1, 1),
                                longs(Shape.of(2, 2), 9, 8, 7, 6))
                        .expect(six(9, 1, 8, 3, 6, 5)),
                elements("of rows", 0, NONE, SIX, longs(Shape.of(1, 3), 1, 0, -1), longs(Shape.of(1, 3), 9, 8, 7))
                        .expect(six(0, 8, 2, 9, 4, 7)),
                elements(
                                "of strings",
                                0,
                                NONE,
                                HostTensor.of(Shape.of(2), "a", "b"),
                                longs(1),
                                HostTensor.of(Shape.of(1), "c"))
                        .expect(HostTensor.of(Shape.of(2), "a", "c")),
                elements("nothing", 0, NONE, SIX, longs(Shape.of(0, 3)), longs(Shape.of(0, 3)))
                        .expect(SIX),
                elements(
                                "bool: or",
                                0,
                                ScatterReduction.ADD,
                                Data.range(DType.BOOL, 2),
                                longs(0, 1),
                                Data.range(DType.BOOL, 2))
                        .expect(HostTensor.of(DType.BOOL, Shape.of(2), 0, 1)),
                elements(
                                "unsigned maximum",
                                0,
                                ScatterReduction.MAX,
                                HostTensor.of(DType.UINT64, Shape.of(1), 0x1p63),
                                longs(0),
                                HostTensor.of(DType.UINT64, Shape.of(1), 1))
                        .expect(HostTensor.of(DType.UINT64, Shape.of(1), 0x1p63)),
                elements("rejects an index outside", 1, NONE, SIX, bad, bad).rejects("index 3 is outside [-3, 3)"),
                elements(
                                "rejects an index into nothing",
                                1,
                                NONE,
                                Data.normal(1, 2, 0),
                                longs(Shape.of(1, 1), 0),
                                Data.normal(1, 1, 1))
                        .rejects("index 0 is outside [0, 0)"),
                elements("rejects fewer updates", 1, NONE, SIX, bad, longs(Shape.of(1, 1), 1))
                        .rejects("expected updates of the indices' shape [1, 2], given [1, 1]"),
                elements(
                                "rejects more rows",
                                1,
                                NONE,
                                SIX,
                                longs(Shape.of(3, 1), 0, 0, 0),
                                longs(Shape.of(3, 1), 0, 0, 0))
                        .rejects("do not lie inside"),
                elements(
                                "rejects sums of strings",
                                0,
                                ScatterReduction.ADD,
                                HostTensor.of(Shape.of(1), "a"),
                                longs(0),
                                HostTensor.of(Shape.of(1), "b"))
                        .rejects("no reduction ADD of string"));
    }

    private static Stream<Case> slices() {
        return Stream.of(
                slices("rows", NONE, SIX, longs(Shape.of(1, 1), 1), longs(Shape.of(1, 3), 7, 8, 9))
                        .expect(six(0, 1, 2, 7, 8, 9)),
                slices("elements, the last wins", NONE, SIX, longs(Shape.of(2, 2), 0, 0, -2, -3), longs(7, 8))
                        .expect(six(8, 1, 2, 3, 4, 5)),
                slices(
                                "of strings",
                                NONE,
                                HostTensor.of(Shape.of(2), "a", "b"),
                                longs(Shape.of(1, 1), 0),
                                HostTensor.of(Shape.of(1), "c"))
                        .expect(HostTensor.of(Shape.of(2), "c", "b")),
                slices("nothing", NONE, SIX, longs(Shape.of(0, 1)), longs(Shape.of(0, 3)))
                        .expect(SIX),
                slices("rejects an index outside", NONE, SIX, longs(Shape.of(1, 1), -3), longs(Shape.of(1, 3), 0, 0, 0))
                        .rejects("index -3 is outside [-2, 2)"),
                slices(
                                "rejects an index of slices of nothing",
                                NONE,
                                Data.normal(1, 2, 0),
                                longs(Shape.of(1, 1), -3),
                                Data.normal(1, 1, 0))
                        .rejects("ScatterND: index -3 is outside [-2, 2)"),
                slices("rejects other updates", NONE, SIX, longs(Shape.of(1, 1), 0), longs(Shape.of(1, 2), 0, 0))
                        .rejects("expected updates [1, 3], given [1, 2]"));
    }

    private static Stream<Case> caches() {
        HostTensor cache = Data.range(DType.FLOAT32, 2, 4, 1);
        HostTensor update = HostTensor.of(Shape.of(2, 2, 1), 10f, 11f, 12f, 13f);
        return Stream.of(
                cache("linear", false, cache, update, 0, 2)
                        .expect(HostTensor.of(Shape.of(2, 4, 1), 10f, 11f, 2f, 3f, 4f, 5f, 12f, 13f)),
                cache("circular", true, cache, update, 3, 6)
                        .expect(HostTensor.of(Shape.of(2, 4, 1), 11f, 1f, 2f, 10f, 4f, 5f, 12f, 13f)),
                Case.of("cache: from its start by default", new TensorScatter(1, false))
                        .input(cache)
                        .input(update)
                        .expect(HostTensor.of(Shape.of(2, 4, 1), 10f, 11f, 2f, 3f, 12f, 13f, 6f, 7f)),
                cache("heads", true, Data.normal(1, 3, 5, 40, 33), Data.normal(2, 3, 5, 20, 33), 39, 0, 100),
                cache("rejects an end outside", false, cache, update, 0, 3).rejects("write index 3 for 2 entries"),
                cache("rejects a negative start", true, cache, update, -1, 0).rejects("write index -1"),
                cache("rejects too few starts", false, cache, update, 0).rejects("one write index for each of 2 rows"),
                cache("rejects a longer update", false, update, cache, 0, 0).rejects("does not fit"));
    }

    private static Stream<Case> reductions(ScatterReduction reduction) {
        HostTensor rows = Data.integers(DType.INT64, 3, -5, 4, 40, 1);
        HostTensor columns = Data.integers(DType.INT64, 4, -9, 8, 5, 30);
        HostTensor nan = HostTensor.of(Shape.of(2), Float.NaN, 1f);
        return Stream.of(
                elements("float " + reduction, 1, reduction, Data.normal(5, 5, 9), columns, Data.normal(6, 5, 30)),
                elements("int " + reduction, 1, reduction, big(7, 5, 9), columns, big(8, 5, 30)),
                elements(
                        "half " + reduction,
                        1,
                        reduction,
                        Data.normal(DType.FLOAT16, 5, 5, 9),
                        columns,
                        Data.normal(DType.FLOAT16, 6, 5, 30)),
                slices(
                        "bfloat16 " + reduction,
                        reduction,
                        Data.normal(DType.BFLOAT16, 9, 5, 9),
                        rows,
                        Data.normal(DType.BFLOAT16, 10, 40, 9)),
                elements("NaN " + reduction, 0, reduction, nan, longs(0, 1), HostTensor.of(Shape.of(2), 0f, Float.NaN)),
                slices("float " + reduction, reduction, Data.normal(9, 5, 9), rows, Data.normal(10, 40, 9)),
                slices("int " + reduction, reduction, big(11, 5, 9), rows, big(12, 40, 9)));
    }

    /** Products and sums of these overflow. */
    private static HostTensor big(long seed, long... sizes) {
        return Data.integers(DType.INT64, seed, Long.MIN_VALUE / 2, Long.MAX_VALUE / 2, sizes);
    }

    private static Stream<Case> everyWay(DType dtype) {
        HostTensor x = Data.integers(dtype, 1, 0, 100, 7, 33, 5);
        HostTensor many = Data.integers(DType.INT32, 2, -7, 6, 90, 33, 4);
        HostTensor rows = Data.integers(DType.INT64, 3, -7, 6, 300, 2);
        return Stream.of(
                elements("first axis of " + dtype, 0, NONE, x, many, Data.range(dtype, 90, 33, 4)),
                elements(
                        "last axis of " + dtype,
                        2,
                        NONE,
                        Data.range(dtype, 90, 33, 7),
                        many,
                        Data.range(dtype, 90, 33, 4)),
                slices("rows of " + dtype, NONE, x, rows, Data.range(dtype, 300, 5)),
                slices(
                        "wide " + dtype,
                        NONE,
                        Data.range(dtype, 7, 30_000),
                        Data.integers(DType.INT64, 4, -7, 6, 9, 1),
                        Data.range(dtype, 9, 30_000)));
    }
}
