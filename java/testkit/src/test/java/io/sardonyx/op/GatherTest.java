package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.stream.Stream;

/** Gather, GatherElements, GatherND and ArrayFeatureExtractor. */
class GatherTest extends OperatorTest {
    private static final HostTensor SIX = Data.range(DType.INT64, 2, 3);

    private static HostTensor longs(Shape shape, long... values) {
        return HostTensor.of(shape, values);
    }

    private static HostTensor longs(long... values) {
        return longs(Shape.of(values.length), values);
    }

    private static HostTensor indices(DType dtype, long seed, long size, long... sizes) {
        return Data.integers(dtype, seed, -size, size - 1, sizes);
    }

    private static Case gather(String name, long axis, HostTensor x, HostTensor indices) {
        return Case.of("gather: " + name, new Gather(axis)).input(x).input(indices);
    }

    private static Case elements(String name, long axis, HostTensor x, HostTensor indices) {
        return Case.of("elements: " + name, new GatherElements(axis)).input(x).input(indices);
    }

    private static Case slices(String name, long batchAxes, HostTensor x, HostTensor indices) {
        return Case.of("slices: " + name, new GatherND(batchAxes)).input(x).input(indices);
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(
                        gathers(),
                        elements(),
                        slices(),
                        features(),
                        Stream.of(DType.UINT8, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64)
                                .flatMap(GatherTest::everyWay))
                .flatMap(s -> s);
    }

    private static Stream<Case> gathers() {
        return Stream.of(
                gather("rows", 0, SIX, longs(1, 0, -1)).expect(longs(Shape.of(3, 3), 3, 4, 5, 0, 1, 2, 3, 4, 5)),
                gather("columns", 1, SIX, longs(Shape.of(2, 1), 2, -3)).expect(longs(Shape.of(2, 2, 1), 2, 0, 5, 3)),
                gather("a scalar index", -1, SIX, longs(Shape.SCALAR, 1)).expect(longs(1, 4)),
                gather("strings", 0, HostTensor.of(Shape.of(2), "a", "b"), longs(1))
                        .expect(HostTensor.of(Shape.of(1), "b")),
                gather("four bits", 0, HostTensor.of(DType.INT4, Shape.of(3), 1, -8, 7), longs(2, 1))
                        .expect(HostTensor.of(DType.INT4, Shape.of(2), 7, -8)),
                gather("nothing", 0, SIX, longs()),
                gather("nothing from nothing", 0, Data.normal(1, 0, 3), longs()),
                gather("complex numbers", 0, Data.normal(DType.COMPLEX128, 1, 4, 2), longs(3, 0)),
                gather("rejects an index above", 0, SIX, longs(0, 7, 1)).rejects("Gather: index 7 is outside [-2, 2)"),
                gather("rejects an index below", 1, SIX, longs(-4)).rejects("index -4 is outside [-3, 3)"),
                gather("rejects the smallest index", 1, SIX, longs(Long.MIN_VALUE))
                        .rejects("is outside [-3, 3)"),
                gather("rejects indices into nothing", 0, Data.normal(1, 0, 3), longs(0))
                        .rejects("outside [0, 0)"),
                gather("rejects an index of rows of nothing", 0, Data.normal(1, 2, 0), longs(0, 2))
                        .rejects("Gather: index 2 is outside [-2, 2)"),
                gather("no index is looked at without rows", 1, Data.normal(1, 0, 2), longs(9)),
                gather("rejects axis 2", 2, SIX, longs(0)).rejects("axis 2 is out of range"),
                gather("rejects float indices", 0, SIX, HostTensor.of(Shape.of(1), 0f))
                        .rejects("expected int32"));
    }

    private static Stream<Case> elements() {
        return Stream.of(
                elements("of columns", 1, SIX, longs(Shape.of(2, 2), 0, -1, 1, 1))
                        .expect(longs(Shape.of(2, 2), 0, 2, 4, 4)),
                elements("of rows, fewer columns", 0, SIX, longs(Shape.of(3, 2), 0, 1, 1, 0, -1, -2))
                        .expect(longs(Shape.of(3, 2), 0, 4, 3, 1, 3, 1)),
                elements("of strings", 0, HostTensor.of(Shape.of(2), "a", "b"), longs(1))
                        .expect(HostTensor.of(Shape.of(1), "b")),
                elements("nothing", 0, SIX, longs(Shape.of(0, 3))),
                elements("rejects an index outside", 1, SIX, longs(Shape.of(1, 1), 3))
                        .rejects("GatherElements: index 3 is outside [-3, 3)"),
                elements("rejects an index into nothing", 1, Data.normal(1, 2, 0), longs(Shape.of(1, 1), 0))
                        .rejects("GatherElements: index 0 is outside [0, 0)"),
                elements("rejects another rank", 1, SIX, longs(1)).rejects("do not lie inside"),
                elements("rejects more rows", 1, SIX, longs(Shape.of(3, 1), 0, 0, 0))
                        .rejects("do not lie inside"));
    }

    private static Stream<Case> slices() {
        return Stream.of(
                slices("elements", 0, SIX, longs(Shape.of(2, 2), 0, 0, 1, -1)).expect(longs(0, 5)),
                slices("rows", 0, SIX, longs(Shape.of(1, 1), 1)).expect(longs(Shape.of(1, 3), 3, 4, 5)),
                slices("one of each batch", 1, SIX, longs(Shape.of(2, 1), 1, 0)).expect(longs(1, 3)),
                slices("of a vector of indices", 0, SIX, longs(1, 2)).expect(longs(Shape.SCALAR, 5)),
                slices("nothing", 0, SIX, longs(Shape.of(0, 2))),
                slices("all", 0, SIX, longs(Shape.of(2, 0))),
                slices("rejects an index outside", 0, SIX, longs(Shape.of(2, 2), 0, 0, 2, 0))
                        .rejects("GatherND: index 2 is outside [-2, 2)"),
                slices("rejects an index outside the second axis", 0, SIX, longs(Shape.of(1, 2), 0, -4))
                        .rejects("index -4 is outside [-3, 3)"),
                slices("rejects an index of slices of nothing", 0, Data.normal(1, 2, 0), longs(Shape.of(1, 1), 2))
                        .rejects("GatherND: index 2 is outside [-2, 2)"),
                slices("rejects too many axes", 1, SIX, longs(Shape.of(2, 2), 0, 0, 0, 0))
                        .rejects("at most 1 axes"),
                slices("rejects other batches", 1, SIX, longs(Shape.of(3, 1), 0, 0, 0))
                        .rejects("in common"),
                slices("rejects a scalar", 0, SIX, longs(Shape.SCALAR, 0)).rejects("in common"));
    }

    private static Stream<Case> features() {
        var extract = new ArrayFeatureExtractor();
        return Stream.of(
                Case.of("features of rows", extract)
                        .input(SIX)
                        .input(longs(Shape.of(1, 2), 2, 0))
                        .expect(longs(Shape.of(2, 2), 2, 0, 5, 3)),
                Case.of("features of a vector", extract)
                        .input(longs(5, 6, 7))
                        .input(longs(1))
                        .expect(longs(Shape.of(1, 1), 6)),
                Case.of("features of many rows", extract)
                        .input(Data.normal(1, 50, 30))
                        .input(indices(DType.INT64, 2, 30, 1, 7)),
                Case.of("features outside", extract).input(SIX).input(longs(3)).rejects("index 3 is outside"));
    }

    private static Stream<Case> everyWay(DType dtype) {
        HostTensor x = Data.integers(dtype, 1, 0, 100, 7, 33, 5);
        return Stream.of(
                gather(
                        "embeddings of " + dtype,
                        0,
                        Data.integers(dtype, 2, 0, 100, 50, 96),
                        indices(DType.INT64, 3, 50, 4, 31)),
                gather("narrow " + dtype, 1, x, indices(DType.INT32, 4, 33, 17)),
                gather("single " + dtype, 2, x, indices(DType.INT64, 5, 5, 9)),
                gather("many " + dtype, 0, x, indices(DType.INT64, 6, 7, 2000)),
                elements("last axis of " + dtype, 2, x, indices(DType.INT64, 7, 5, 7, 30, 9)),
                elements("first axis of " + dtype, 0, x, indices(DType.INT32, 8, 7, 90, 33, 4)),
                elements("middle axis of " + dtype, 1, x, indices(DType.INT64, 9, 33, 7, 1000, 5)),
                slices("rows of " + dtype, 0, x, indices(DType.INT64, 10, 7, 200, 2)),
                slices("batches of " + dtype, 1, x, indices(DType.INT32, 11, 5, 7, 40, 2)),
                slices("many of " + dtype, 0, x, indices(DType.INT64, 12, 7, 3000, 1)));
    }
}
