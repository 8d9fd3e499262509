package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.OptionalLong;
import java.util.stream.Stream;

class TopKTest extends OperatorTest {
    private static final float NAN = Float.NaN;

    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), shapes(), longLanes()).flatMap(s -> s);
    }

    private static TopK topK(long axis, boolean largest) {
        return new TopK(axis, largest, OptionalLong.empty());
    }

    private static HostTensor k(long k) {
        return HostTensor.of(Shape.of(1), k);
    }

    private static Stream<Case> facts() {
        HostTensor x = HostTensor.of(Shape.of(2, 4), 0f, 3f, 1f, 3f, -1f, -2f, -2f, -3f);
        return Stream.of(
                Case.of("equals by index", topK(-1, true))
                        .input(x)
                        .input(k(3))
                        .expect(
                                HostTensor.of(Shape.of(2, 3), 3f, 3f, 1f, -1f, -2f, -2f),
                                HostTensor.of(Shape.of(2, 3), 1L, 3L, 2L, 0L, 1L, 2L)),
                Case.of("smallest of columns", topK(0, false))
                        .input(x)
                        .input(k(1))
                        .expect(
                                HostTensor.of(Shape.of(1, 4), -1f, -2f, -2f, -3f),
                                HostTensor.of(Shape.of(1, 4), 1L, 1L, 1L, 1L)),
                Case.of("NaN is largest", topK(0, true))
                        .input(HostTensor.of(Shape.of(4), 1f, NAN, Float.POSITIVE_INFINITY, NAN))
                        .input(k(3))
                        .expect(
                                HostTensor.of(Shape.of(3), NAN, NAN, Float.POSITIVE_INFINITY),
                                HostTensor.of(Shape.of(3), 1L, 3L, 2L)),
                Case.of("NaN is never smallest", topK(0, false))
                        .input(HostTensor.of(Shape.of(3), NAN, 2f, 1f))
                        .input(k(3))
                        .expect(HostTensor.of(Shape.of(3), 1f, 2f, NAN), HostTensor.of(Shape.of(3), 2L, 1L, 0L)),
                Case.of("k of opset 1", new TopK(-1, true, OptionalLong.of(1)))
                        .input(HostTensor.of(Shape.of(2), 5L, 6L))
                        .expect(HostTensor.of(Shape.of(1), 6L), HostTensor.of(Shape.of(1), 1L)),
                Case.of("unsigned", topK(0, true))
                        .input(HostTensor.of(DType.UINT64, Shape.of(2), 1, 0x1p63))
                        .input(k(1))
                        .expect(HostTensor.of(DType.UINT64, Shape.of(1), 0x1p63), HostTensor.of(Shape.of(1), 1L)),
                Case.of("none", topK(-1, true)).input(x).input(k(0)).outputs(2),
                Case.of("of nothing", topK(-1, true))
                        .input(Data.normal(1, 0, 3))
                        .input(k(2))
                        .outputs(2),
                Case.of("rejects more than there are", topK(-1, true))
                        .input(x)
                        .input(k(5))
                        .rejects("expected 0 to 4, given 5"));
    }

    private static Stream<Case> shapes() {
        return Stream.of(true, false)
                .flatMap(largest -> Stream.of(1, 5, 64, 1000).flatMap(n -> Stream.of(1, Math.max(1, n / 3), n)
                        .flatMap(k -> Stream.of(
                                Case.of("rows, " + k + " of " + n, topK(-1, largest))
                                        .input(Data.integers(DType.FLOAT32, n, -20, 20, 3, n))
                                        .input(k(k))
                                        .outputs(2),
                                Case.of("middle axis, " + k + " of " + n, topK(1, largest))
                                        .input(Data.normal(n, 2, n, 3))
                                        .input(k(k))
                                        .outputs(2)))));
    }

    /** Lanes that do not fit where short ones are sorted, with many equals at the edge. */
    private static Stream<Case> longLanes() {
        return Stream.of(DType.FLOAT32, DType.FLOAT16, DType.INT64).flatMap(type -> Stream.of(7, 2500)
                .flatMap(k -> Stream.of(
                        Case.of(k + " largest of 3,000 " + type, topK(-1, true))
                                .input(Data.integers(type, k, -9, 9, 3000))
                                .input(k(k))
                                .outputs(2),
                        Case.of(k + " smallest of 3,000 " + type, topK(0, false))
                                .input(Data.uniform(type, k, -9999, 9999, 3000, 2))
                                .input(k(k))
                                .outputs(2))));
    }
}
