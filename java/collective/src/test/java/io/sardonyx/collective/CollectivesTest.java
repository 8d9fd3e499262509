package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** What the collectives compute, bit for bit, on every rank of every kind of device. */
@Tag("simulator")
class CollectivesTest {
    /** Below and above one shot, whole words and not. */
    private static final List<Long> SIZES = List.of(0L, 1L, 2L, 7L, 255L, 1000L, 4099L, 40_001L);

    /** 1 MiB of float32. */
    private static final long LARGE = 1 << 18;

    /** Where every access is looked at, few ranks take the large sizes, and many only small ones. */
    private static List<Long> sizes(Group group) {
        long most = !Ranks.CHECKED || group.size() == 2 ? Long.MAX_VALUE : group.size() < 8 ? 5000 : 300;
        return SIZES.stream().filter(size -> size < most).toList();
    }

    private static boolean takesLarge(Group group) {
        return !Ranks.CHECKED || group.size() == 2;
    }

    @TestFactory
    Stream<DynamicTest> allReduce() {
        return tests((group, check) -> {
            for (DType dtype : CollectiveCheck.TYPES) {
                for (long size : sizes(group)) {
                    for (Reduction reduction : Reduction.values()) {
                        boolean hasMean = dtype.isFloat() || reduction != Reduction.MEAN;
                        if (hasMean && (size < 1000 || reduction == Reduction.SUM)) {
                            check.allReduce(dtype, size, reduction);
                        }
                    }
                }
            }
            if (takesLarge(group)) {
                check.allReduce(DType.FLOAT32, LARGE, Reduction.SUM);
                check.allReduce(DType.BFLOAT16, 2 * LARGE, Reduction.MEAN);
            }
        });
    }

    /** By one kernel where there is one, and where rows end inside 8 bytes, or are too many for it, step by step. */
    @TestFactory
    Stream<DynamicTest> allReduceRmsNorm() {
        return tests((group, check) -> {
            for (DType dtype : Call.NORMED) {
                check.allReduceRmsNorm(dtype, 0, 5);
                check.allReduceRmsNorm(dtype, 1, 1);
                check.allReduceRmsNorm(dtype, 5, 7);
                check.allReduceRmsNorm(dtype, 70, 8);
            }
            if (group.size() == 2) {
                check.allReduceRmsNorm(DType.FLOAT32, 3, 2056);
                check.allReduceRmsNorm(DType.BFLOAT16, 1, (1 << 17) + 4);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> reduceScatterAndAllGather() {
        return tests((group, check) -> {
            for (DType dtype : CollectiveCheck.TYPES) {
                sizes(group).forEach(size -> check.reduceScatterAndAllGather(dtype, size));
            }
            if (takesLarge(group)) {
                check.reduceScatterAndAllGather(DType.FLOAT32, LARGE / group.size());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> broadcastAndBarrier() {
        return tests((group, check) -> {
            sizes(group).forEach(size -> check.broadcast(DType.INT32, size));
            check.barrier();
        });
    }

    private static Stream<DynamicTest> tests(BiConsumer<Group, CollectiveCheck> facts) {
        return Ranks.kinds().stream()
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (Group group = kind.open()) {
                        facts.accept(group, new CollectiveCheck(group, Group.DEADLINE));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> buckets() {
        return Ranks.kinds().stream()
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (Group group = kind.open()) {
                        List<Tensor> first = Ranks.spread(group, r -> Ranks.floats(r, 2 * r, 1));
                        List<Tensor> none = Ranks.zeros(group, DType.FLOAT32, 0);
                        List<Tensor> last = Ranks.spread(group, r -> Ranks.floats(100));
                        group.forEach(m -> m.allReduce(
                                List.of(first.get(m.rank()), none.get(m.rank()), last.get(m.rank())), Reduction.SUM));
                        int n = group.size();
                        int sum = IntStream.range(0, n).sum();
                        for (int rank = 0; rank < n; rank++) {
                            assertArrayEquals(
                                    new float[] {sum, 2 * sum, n},
                                    first.get(rank).toFloatArray());
                            assertArrayEquals(
                                    new float[] {100 * n}, last.get(rank).toFloatArray());
                        }
                        close(first, none);
                        close(last, List.of());
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> integersWrap() {
        return tests((group, check) -> {
            for (DType dtype : List.of(DType.INT32, DType.INT64)) {
                long most = dtype == DType.INT32 ? Integer.MAX_VALUE : Long.MAX_VALUE;
                HostTensor extreme = HostTensor.allocate(TensorType.of(dtype, 3));
                extreme.set(0, most);
                extreme.set(1, -most - 1);
                extreme.set(2, most / 3);
                for (Reduction reduction : List.of(Reduction.SUM, Reduction.PRODUCT)) {
                    HostTensor expected = ReferenceReduction.of(Collections.nCopies(group.size(), extreme), reduction);
                    List<Tensor> tensors = Ranks.spread(group, r -> extreme);
                    group.allReduce(tensors, reduction);
                    tensors.forEach(tensor ->
                            assertEquals(expected.data(), tensor.toHost().data(), dtype + " " + reduction));
                    close(tensors, List.of());
                }
            }
        });
    }

    /** What a reduction does with numbers that are none: it keeps them. */
    @TestFactory
    Stream<DynamicTest> notANumber() {
        return Ranks.kinds().stream()
                .filter(kind -> kind.ranks() == 3)
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (Group group = kind.open()) {
                        for (Reduction reduction : Reduction.values()) {
                            List<Tensor> tensors = Ranks.spread(
                                    group,
                                    r -> Ranks.floats(
                                            r == 0 ? Float.NaN : 1, r == 1 ? Float.NaN : 1, r == 2 ? Float.NaN : 1));
                            group.allReduce(tensors, reduction);
                            for (Tensor tensor : tensors) {
                                assertArrayEquals(
                                        new float[] {Float.NaN, Float.NaN, Float.NaN},
                                        tensor.toFloatArray(),
                                        reduction.toString());
                            }
                            close(tensors, List.of());
                        }
                    }
                }));
    }

    private static void close(List<Tensor> some, List<Tensor> others) {
        some.forEach(Tensor::close);
        others.forEach(Tensor::close);
    }
}
