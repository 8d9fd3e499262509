package io.sardonyx.op;

import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class RoiAlignTest extends OperatorTest {
    private static final RoiAlign MEAN = new RoiAlign(false, 1, 1, 2, 1, true);
    private static final RoiAlign LARGEST = new RoiAlign(true, 1, 1, 2, 1, true);
    private static final RoiAlign ADAPTIVE = new RoiAlign(false, 1, 1, 0, 1, true);
    private static final HostTensor NINE = Data.range(DType.FLOAT32, 1, 1, 3, 3);
    private static final HostTensor FIRST = HostTensor.of(Shape.of(1), 0L);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(small(), everyForm(), bad()).flatMap(s -> s);
    }

    private static Case nine(String name, RoiAlign operator, double... corners) {
        return Case.of(name, operator)
                .input(NINE)
                .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 4), corners))
                .input(FIRST);
    }

    private static HostTensor one(double value) {
        return HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 1, 1), value);
    }

    private static Stream<Case> small() {
        RoiAlign unshifted = RoiAlign.read(Attributes.of(10, Map.of("sampling_ratio", 1L)));
        RoiAlign single = new RoiAlign(false, 1, 1, 1, 1, true);
        HostTensor poisoned = HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 2), 1, 2, 3, POSITIVE_INFINITY);
        return Stream.of(
                nine("the mean of four samples", MEAN, .5, .5, 2.5, 2.5).expect(one(4)),
                nine("the largest weighed neighbour", LARGEST, .5, .5, 2.5, 2.5).expect(one(2)),
                nine("before opset 16 nothing is shifted", unshifted, 0, 0, 2, 2)
                        .expect(one(4)),
                nine("a region of no size is one element large", unshifted, 1, 1, 1, 1)
                        .expect(one(6)),
                nine("nothing far outside", MEAN, 100, 100, 104, 104).expect(one(0)),
                nine("the largest of nothing", LARGEST, 100, 100, 104, 104).expect(one(0)),
                nine("the border, up to an element outside", single, 1.5, -2, 3.5, 1)
                        .expect(one(2)),
                nine("nothing, more than an element outside", single, 1.5, -2.25, 3.5, 1)
                        .expect(one(0)),
                nine("nothing in a region upside down", ADAPTIVE, 2.5, 2.5, .5, .5)
                        .expect(one(0)),
                nine("upside down, so many samples", MEAN, 2.5, 2.5, .5, .5).expect(one(4)),
                nine("corners that are no numbers", MEAN, NaN, 0, 2, 2).expect(one(0)),
                nine("corners far away", MEAN, NEGATIVE_INFINITY, 0, POSITIVE_INFINITY, 2)
                        .expect(one(0)),
                Case.of("an infinity near by", MEAN)
                        .input(poisoned)
                        .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 4), .5, .5, 1.5, 1.5))
                        .input(FIRST)
                        .expect(one(POSITIVE_INFINITY)),
                Case.of("an infinity that weighs nothing is no number", new RoiAlign(true, 1, 1, 1, 1, false))
                        .input(poisoned)
                        .input(HostTensor.of(DType.FLOAT32, Shape.of(1, 4), -.5, -.5, .5, .5))
                        .input(FIRST)
                        .expect(one(NaN)));
    }

    private static HostTensor batches(long seed, long regions, long batch) {
        return Data.integers(DType.INT64, seed, 0, batch - 1, regions);
    }

    private static Case random(String name, RoiAlign operator, DType dtype, long regions, long... x) {
        HostTensor rois = Data.uniform(dtype, 2, -4, 24, regions, 4);
        return Case.of(name, operator)
                .input(Data.normal(dtype, 1, x))
                .input(rois)
                .input(batches(3, regions, x[0]))
                .within(dtype == DType.FLOAT32 ? Tolerance.dot(dtype, 4) : Tolerance.standard(dtype));
    }

    private static Stream<Case> everyForm() {
        List<Case> cases = new ArrayList<>();
        for (boolean max : new boolean[] {false, true}) {
            for (boolean half : new boolean[] {false, true}) {
                for (long ratio : new long[] {0, 1, 3}) {
                    RoiAlign operator = new RoiAlign(max, 3, 2, ratio, .5f, half);
                    cases.add(random(operator.toString(), operator, DType.FLOAT32, 5, 2, 3, 9, 11));
                }
            }
            RoiAlign seven = new RoiAlign(max, 7, 7, 2, .5f, true);
            cases.add(random("seven by seven, max " + max, seven, DType.FLOAT32, 3, 2, 50, 8, 13));
            for (DType dtype : new DType[] {DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64}) {
                cases.add(random(dtype + ", max " + max, seven, dtype, 3, 2, 5, 8, 13));
            }
            cases.add(random(
                    "more samples than are kept", new RoiAlign(max, 2, 3, 150, 1, true), DType.FLOAT32, 1, 1, 2, 6, 5));
        }
        cases.add(random("no regions", MEAN, DType.FLOAT32, 0, 1, 2, 3, 3));
        cases.add(random("no channels", MEAN, DType.FLOAT32, 2, 1, 0, 3, 3));
        cases.add(random("no elements", MEAN, DType.FLOAT32, 2, 1, 2, 0, 3));
        cases.add(random("no elements, the largest", LARGEST, DType.FLOAT32, 2, 1, 2, 3, 0));
        return cases.stream();
    }

    private static Case atBatch(String name, long channels, long... batch) {
        return Case.of(name, MEAN)
                .input(Data.normal(1, 2, channels, 3, 3))
                .input(Data.uniform(DType.FLOAT32, 2, 0, 3, batch.length, 4))
                .input(HostTensor.of(Shape.of(batch.length), batch));
    }

    private static Stream<Case> bad() {
        return Stream.of(
                atBatch("rejects a batch index outside", 2, 0, 1, 2)
                        .rejects("RoiAlign: batch index 2 is outside [0, 2)"),
                atBatch("rejects a batch index below 0", 2, -1).rejects("RoiAlign: batch index -1 is outside [0, 2)"),
                atBatch("rejects a batch index where there are no channels", 0, Long.MAX_VALUE)
                        .rejects("RoiAlign: batch index 9223372036854775807 is outside [0, 2)"),
                nine("rejects a region without end", ADAPTIVE, 0, 0, 1e30, 1e30)
                        .rejects("RoiAlign: samples of an element: 9223372036854775807 is outside [0, 1048576]"),
                nine("rejects a region that is not a number", ADAPTIVE, 0, 0, NaN, 1)
                        .rejects("RoiAlign: samples of an element: 9223372036854775807 is outside [0, 1048576]"),
                nine("rejects too long a region without height", ADAPTIVE, 0, 1, 2e6, 0)
                        .rejects("RoiAlign: samples of an element: 2000000 is outside [0, 1048576]"),
                nine("rejects a large region", ADAPTIVE, 0, 0, 2000, 3000)
                        .rejects("RoiAlign: samples of an element: 6000000 is outside [0, 1048576]"),
                nine("rejects too many samples", new RoiAlign(true, 1, 1, 1025, 1, true), 0, 0, 1, 1)
                        .rejects("RoiAlign: samples of an element: 1050625 is outside [0, 1048576]"),
                Case.of("rejects rois of another shape", MEAN)
                        .input(NINE)
                        .input(Data.normal(1, 1, 5))
                        .input(FIRST)
                        .rejects("RoiAlign: expected X [N, C, H, W], rois [R, 4]"),
                Case.of("rejects rois of another type", MEAN)
                        .input(NINE)
                        .input(Data.normal(DType.FLOAT64, 1, 1, 4))
                        .input(FIRST)
                        .rejects("RoiAlign: expected X and rois of one float type"));
    }
}
