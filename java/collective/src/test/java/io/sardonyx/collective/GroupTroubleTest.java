package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import io.sardonyx.tensor.TensorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Ranks that do not come, want other things, are interrupted or closed: an exception everywhere, never a hang, never half a sum. */
class GroupTroubleTest {
    private static final Duration SOON = Duration.ofMillis(200);

    private static Stream<DynamicTest> onEach(java.util.function.Consumer<Group> test) {
        return Ranks.kinds().stream()
                .filter(kind ->
                        kind.ranks() == 3 || kind.ranks() == 4 && kind.device().equals("virtual"))
                .map(kind -> DynamicTest.dynamicTest(kind.toString(), () -> {
                    try (Group group = kind.open()) {
                        test.accept(group);
                    }
                }));
    }

    private static CollectiveException failure(Work work) {
        return assertThrows(CollectiveException.class, work::await);
    }

    @TestFactory
    Stream<DynamicTest> otherSize() {
        return onEach(group -> mismatch(
                group,
                Ranks.floats(1, 2),
                "rank 0 wants allReduce SUM of 3 float32, rank 1 wants allReduce SUM of 2 float32"));
    }

    @TestFactory
    Stream<DynamicTest> otherType() {
        return onEach(group -> mismatch(
                group,
                Ranks.values(DType.INT32, 1, 3),
                "rank 0 wants allReduce SUM of 3 float32, rank 1 wants allReduce SUM of 3 int32"));
    }

    private static void mismatch(Group group, io.sardonyx.tensor.HostTensor odd, String message) {
        List<Tensor> tensors = Ranks.spread(group, r -> r == 1 ? odd : Ranks.floats(1, 2, 3));
        List<Work> begun = new ArrayList<>();
        group.members().forEach(m -> begun.add(m.allReduce(tensors.get(m.rank()), Reduction.SUM)));
        for (int rank = 0; rank < group.size(); rank++) {
            CollectiveException e = failure(begun.get(rank));
            assertEquals(CollectiveException.Reason.MISMATCH, e.reason());
            assertEquals(rank, e.rank());
            assertEquals(0, e.step());
            assertTrue(e.getMessage().contains(message), e.getMessage());
        }
        // Nothing was summed up, and the group is of no more use.
        assertArrayEquals(new float[] {1, 2, 3}, tensors.get(0).toFloatArray());
        CollectiveException later =
                assertThrows(CollectiveException.class, () -> group.member(0).barrier());
        assertEquals(CollectiveException.Reason.MISMATCH, later.reason());
        assertEquals(1, later.step());
        tensors.forEach(Tensor::close);
    }

    @TestFactory
    Stream<DynamicTest> otherOperation() {
        return onEach(group -> {
            List<Tensor> tensors = Ranks.spread(group, r -> Ranks.floats(1, 2, 3));
            List<Work> begun = new ArrayList<>();
            for (Member m : group.members()) {
                begun.add(
                        m.rank() == 2
                                ? m.broadcast(tensors.get(2), 0)
                                : m.allReduce(tensors.get(m.rank()), Reduction.MAX));
            }
            for (Work work : begun) {
                CollectiveException e = failure(work);
                assertTrue(
                        e.getMessage()
                                .contains(
                                        "rank 0 wants allReduce MAX of 3 float32, rank 2 wants broadcast from rank 0 of 3 float32"),
                        e.getMessage());
            }
            tensors.forEach(Tensor::close);
        });
    }

    @TestFactory
    Stream<DynamicTest> otherEpsilon() {
        return onEach(group -> mismatchOfNorms(
                group,
                8,
                1e-6f,
                "rank 0 wants allReduceRmsNorm of 8 float32 in rows of 8, epsilon 1.0E-5, "
                        + "rank 1 wants allReduceRmsNorm of 8 float32 in rows of 8, epsilon 1.0E-6"));
    }

    @TestFactory
    Stream<DynamicTest> otherRows() {
        return onEach(group -> mismatchOfNorms(
                group,
                4,
                1e-5f,
                "rank 0 wants allReduceRmsNorm of 8 float32 in rows of 8, epsilon 1.0E-5, "
                        + "rank 1 wants allReduceRmsNorm of 8 float32 in rows of 4, epsilon 1.0E-5"));
    }

    private static void mismatchOfNorms(Group group, int row, float epsilon, String message) {
        List<Tensor> open = new ArrayList<>();
        List<Work> begun = new ArrayList<>();
        for (Member m : group.members()) {
            int n = m.rank() == 1 ? row : 8;
            Tensor x = Tensor.full(DType.FLOAT32, 1, 8 / n, n).to(m.device());
            Tensor residual = Tensor.full(DType.FLOAT32, 2, 8 / n, n).to(m.device());
            Tensor weight = Tensor.full(DType.FLOAT32, 1, n).to(m.device());
            begun.add(m.allReduceRmsNorm(x, residual, weight, x, m.rank() == 1 ? epsilon : 1e-5f));
            open.addAll(List.of(x, residual, weight));
        }
        for (Work work : begun) {
            CollectiveException e = failure(work);
            assertEquals(CollectiveException.Reason.MISMATCH, e.reason());
            assertTrue(e.getMessage().contains(message), e.getMessage());
        }
        assertEquals(1, open.get(0).toFloatArray()[0]);
        assertEquals(2, open.get(1).toFloatArray()[0]);
        open.forEach(Tensor::close);
    }

    @Test
    void normsOfTensorsThatDoNotFit() {
        try (Group group = Group.of(ReferenceDevice.INSTANCE, ReferenceDevice.INSTANCE);
                TensorScope scope = TensorScope.open()) {
            Member m = group.member(0);
            Tensor x = zeros(DType.FLOAT32, 2, 4);
            Tensor weight = zeros(DType.FLOAT32, 4);
            refusedNorm(m, zeros(DType.FLOAT64, 2, 4), zeros(DType.FLOAT64, 2, 4), weight, 0, "not for float64");
            refusedNorm(m, x, zeros(DType.FLOAT32, 4, 2), weight, 0, "x is [2, 4], residual is [4, 2], weight is [4]");
            refusedNorm(m, x, zeros(DType.FLOAT32, 2, 4), zeros(DType.FLOAT32, 2), 0, "weight is [2]");
            refusedNorm(m, x, zeros(DType.FLOAT16, 2, 4), weight, 0, "expected float32, given float16");
            refusedNorm(m, x, x, weight, 0, "tensors of their own");
            refusedNorm(m, weight, zeros(DType.FLOAT32, 4), weight, 0, "tensors of their own");
            refusedNorm(m, zeros(DType.FLOAT32), zeros(DType.FLOAT32), zeros(DType.FLOAT32), 0, "at least 1");
            refusedNorm(
                    m,
                    zeros(DType.FLOAT32, 3, 0),
                    zeros(DType.FLOAT32, 3, 0),
                    zeros(DType.FLOAT32, 0),
                    0,
                    "at least 1");
            for (float epsilon : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
                refusedNorm(m, x, zeros(DType.FLOAT32, 2, 4), weight, epsilon, "epsilon is " + epsilon);
            }
            assertFalse(m.barrier().isDone()); // nothing of these was begun
        }
    }

    private static Tensor zeros(DType dtype, long... sizes) {
        return Tensor.of(HostTensor.allocate(TensorType.of(dtype, sizes)), ReferenceDevice.INSTANCE);
    }

    private static void refusedNorm(Member m, Tensor x, Tensor residual, Tensor weight, float epsilon, String message) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> m.allReduceRmsNorm(x, residual, weight, x, epsilon));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    /** The rank that is missing is named with step and size; whoever waits is told, and so is who comes too late. */
    @TestFactory
    Stream<DynamicTest> missingRank() {
        return onEach(group -> {
            group.forEach(Member::barrier);
            List<Tensor> tensors = Ranks.spread(group, r -> Ranks.floats(1, 2, 3));
            List<Work> begun = new ArrayList<>();
            for (Member m : group.members()) {
                if (m.rank() != 1) {
                    begun.add(m.within(SOON).allReduce(tensors.get(m.rank()), Reduction.SUM));
                }
            }
            assertFalse(begun.get(0).isDone());
            for (Work work : begun) {
                CollectiveException e = failure(work);
                assertEquals(CollectiveException.Reason.TIMEOUT, e.reason());
                assertEquals(1, e.step());
                assertEquals(12, e.bytes());
                assertTrue(
                        e.getMessage().contains("rank 1 has not come to allReduce SUM of 3 float32"), e.getMessage());
                assertTrue(work.isDone());
            }
            CollectiveException late = assertThrows(
                    CollectiveException.class, () -> group.member(1).allReduce(tensors.get(1), Reduction.SUM));
            assertEquals(CollectiveException.Reason.TIMEOUT, late.reason());
            tensors.forEach(Tensor::close);
        });
    }

    @TestFactory
    Stream<DynamicTest> closedWhileOneWaits() {
        return onEach(group -> {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Work work = group.member(0).barrier();
            Thread waiting = new Thread(() -> {
                try {
                    work.await();
                } catch (CollectiveException e) {
                    thrown.set(e);
                }
            });
            waiting.start();
            group.close();
            join(waiting);
            assertEquals(CollectiveException.Reason.CLOSED, ((CollectiveException) thrown.get()).reason());
            assertEquals(
                    CollectiveException.Reason.CLOSED,
                    assertThrows(CollectiveException.class, () -> group.member(1)
                                    .barrier())
                            .reason());
            group.close();
        });
    }

    @TestFactory
    Stream<DynamicTest> interruptedWhileWaiting() {
        return onEach(group -> {
            AtomicReference<CollectiveException> thrown = new AtomicReference<>();
            AtomicReference<Boolean> flag = new AtomicReference<>(false);
            CountDownLatch come = new CountDownLatch(1);
            Thread waiting = new Thread(() -> {
                Work work = group.member(0).barrier();
                come.countDown();
                try {
                    work.await();
                } catch (CollectiveException e) {
                    thrown.set(e);
                    flag.set(Thread.currentThread().isInterrupted());
                }
            });
            waiting.start();
            await(come);
            Work other = group.member(1).barrier();
            waiting.interrupt();
            join(waiting);
            assertEquals(CollectiveException.Reason.INTERRUPTED, thrown.get().reason());
            assertTrue(flag.get(), "the thread stays interrupted");
            CollectiveException theirs = failure(other);
            assertEquals(CollectiveException.Reason.PEER_LOST, theirs.reason());
            assertTrue(theirs.getMessage().contains("rank 0 was interrupted"), theirs.getMessage());
        });
    }

    /** Every rank has a thread of its own, and they come in any order, some of them steps ahead. */
    @TestFactory
    Stream<DynamicTest> aThreadForEachRank() {
        return onEach(group -> {
            List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (Member member : group.members()) {
                threads.add(new Thread(() -> {
                    try (Tensor tensor = Tensor.of(Ranks.floats(1, member.rank()), member.device())) {
                        for (int i = 0; i < 6; i++) {
                            if (i % 3 == member.rank()) {
                                Thread.yield();
                            }
                            member.allReduce(tensor, Reduction.MAX).await();
                            member.barrier().await();
                        }
                        assertArrayEquals(new float[] {1, group.size() - 1}, tensor.toFloatArray());
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }));
            }
            threads.forEach(Thread::start);
            threads.forEach(GroupTroubleTest::join);
            assertEquals(List.of(), failures);
        });
    }

    @Test
    void groupsThatCannotBe() {
        Device reference = ReferenceDevice.INSTANCE;
        assertMessage("a group has 1 to 8 devices, not 0", () -> Group.of());
        assertMessage("a group has 1 to 8 devices, not 9", () -> Group.of(java.util.Collections.nCopies(9, reference)));
        Ranks.kinds();
        Device sim = Devices.get("sim:0");
        assertMessage("do not reach each other's memory", () -> Group.of(reference, sim));
        assertMessage("another() gives it a second queue", () -> Group.of(sim, sim));
    }

    @Test
    void tensorsThatDoNotFit() {
        Device reference = ReferenceDevice.INSTANCE;
        try (Group group = Group.of(reference, reference);
                Tensor x = Tensor.of(Ranks.floats(1, 2, 3), reference);
                Tensor two = Tensor.of(Ranks.floats(1, 2), reference);
                Tensor bits = Tensor.of(Ranks.floats(1, 2), reference).cast(DType.BOOL);
                Tensor whole = Tensor.of(Ranks.values(DType.INT64, 0, 2), reference)) {
            Member member = group.member(1);
            assertMessage("in is [3], out is [2]", () -> member.allReduce(x, two, Reduction.SUM));
            assertMessage("not for bool", () -> member.allReduce(bits, Reduction.SUM));
            assertMessage(
                    "MEAN is for floating-point types, not for int64", () -> member.allReduce(whole, Reduction.MEAN));
            assertMessage("3 elements are not 2 times 2", () -> member.reduceScatter(x, two, Reduction.SUM));
            assertMessage("root 2 is not one of 2 ranks", () -> member.broadcast(x, 2));
            assertMessage("the bucket is empty", () -> member.allReduce(List.of(), Reduction.SUM));
            assertMessage(
                    "a view of another tensor",
                    () -> member.allReduce(x.reshape(1, 3).transpose(), Reduction.SUM));
            assertMessage("a deadline of PT0S has passed", () -> member.within(Duration.ZERO));
            assertMessage("rank 2 is not of this process", () -> group.member(2));
            assertMessage("1 tensors for 2 ranks", () -> group.allReduce(List.of(x), Reduction.SUM));
        }
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
