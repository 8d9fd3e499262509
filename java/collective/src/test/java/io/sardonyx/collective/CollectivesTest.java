package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import java.util.List;
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
        return Ranks.kinds().stream()
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (Group group = kind.open();
                            TensorScope scope = TensorScope.open()) {
                        for (DType dtype : Ranks.REDUCED) {
                            for (long size : sizes(group)) {
                                for (Reduction reduction : Reduction.values()) {
                                    if (size < 1000 || reduction == Reduction.SUM) {
                                        allReduce(group, dtype, size, reduction);
                                    }
                                }
                            }
                        }
                        allReduce(group, DType.FLOAT32, LARGE, Reduction.SUM);
                        allReduce(group, DType.BFLOAT16, 2 * LARGE, Reduction.MEAN);
                    }
                }));
    }

    private static void allReduce(Group group, DType dtype, long size, Reduction reduction) {
        if (reduction == Reduction.MEAN && !dtype.isFloat()) {
            return;
        }
        List<HostTensor> values = Ranks.values(group.size(), dtype, size);
        HostTensor expected = ReferenceReduction.of(values, reduction);
        List<Tensor> tensors = Ranks.spread(group, values::get);
        List<Tensor> results = Ranks.zeros(group, dtype, size);
        group.forEach(m -> m.allReduce(tensors.get(m.rank()), results.get(m.rank()), reduction));
        group.allReduce(tensors, reduction);
        for (int rank = 0; rank < group.size(); rank++) {
            String what = reduction + " of " + size + " " + dtype + " on rank " + rank;
            assertEquals(expected.data(), results.get(rank).toHost().data(), what);
            assertEquals(expected.data(), tensors.get(rank).toHost().data(), what + ", in place");
        }
        close(tensors, results);
    }

    @TestFactory
    Stream<DynamicTest> reduceScatterAndAllGather() {
        return Ranks.kinds().stream()
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (Group group = kind.open()) {
                        for (DType dtype : Ranks.REDUCED) {
                            for (long size : sizes(group)) {
                                parts(group, dtype, size);
                            }
                        }
                        if (takesLarge(group)) {
                            parts(group, DType.FLOAT32, LARGE / group.size());
                        }
                    }
                }));
    }

    /** Each rank's part, and all of them back: the all-reduce of the whole. */
    private static void parts(Group group, DType dtype, long size) {
        List<HostTensor> values = Ranks.values(group.size(), dtype, size * group.size());
        HostTensor expected = ReferenceReduction.of(values, Reduction.SUM);
        List<Tensor> whole = Ranks.spread(group, values::get);
        List<Tensor> parts = Ranks.zeros(group, dtype, size);
        group.forEach(m -> m.reduceScatter(whole.get(m.rank()), parts.get(m.rank()), Reduction.SUM));
        for (int rank = 0; rank < group.size(); rank++) {
            HostTensor mine = Ranks.part(expected, rank * (int) size, (int) size);
            assertEquals(mine.data(), parts.get(rank).toHost().data(), size + " " + dtype + " on rank " + rank);
        }
        group.forEach(m -> m.allGather(parts.get(m.rank()), whole.get(m.rank())));
        for (int rank = 0; rank < group.size(); rank++) {
            assertEquals(expected.data(), whole.get(rank).toHost().data(), size + " " + dtype + " on rank " + rank);
        }
        close(whole, parts);
    }

    @TestFactory
    Stream<DynamicTest> broadcast() {
        return Ranks.kinds().stream()
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (Group group = kind.open()) {
                        for (long size : sizes(group)) {
                            int root = (int) (size % group.size());
                            List<HostTensor> values = Ranks.values(group.size(), DType.INT32, size);
                            List<Tensor> tensors = Ranks.spread(group, values::get);
                            group.forEach(m -> m.broadcast(tensors.get(m.rank()), root));
                            for (Tensor tensor : tensors) {
                                assertEquals(
                                        values.get(root).data(), tensor.toHost().data());
                            }
                            close(tensors, List.of());
                        }
                        group.forEach(Member::barrier);
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
