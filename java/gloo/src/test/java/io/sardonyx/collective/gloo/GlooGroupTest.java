package io.sardonyx.collective.gloo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.collective.CollectiveException;
import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Work;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What ranks get that do not do the same, or do not do it to the end. */
@Timeout(60)
class GlooGroupTest {
    private static final Duration SHORT = Duration.ofSeconds(1);

    private TensorScope scope;

    @BeforeAll
    static void gloo() {
        Ranks.assumeGloo();
    }

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
        assertEquals(0, Ranks.cpu().liveBytes());
    }

    /** What the two ranks ask for, and how the message calls it. */
    enum Disagreement {
        SIZE(
                m -> m.allReduce(Tensor.zeros(DType.FLOAT32, 10), Reduction.SUM),
                m -> m.allReduce(Tensor.zeros(DType.FLOAT32, 11), Reduction.SUM),
                "rank 0 wants allReduce SUM of 10 float32, rank 1 wants allReduce SUM of 11 float32"),
        TYPE(
                m -> m.allReduce(Tensor.zeros(DType.FLOAT32, 10), Reduction.SUM),
                m -> m.allReduce(Tensor.zeros(DType.INT32, 10), Reduction.SUM),
                "rank 0 wants allReduce SUM of 10 float32, rank 1 wants allReduce SUM of 10 int32"),
        REDUCTION(
                m -> m.allReduce(Tensor.zeros(DType.FLOAT32, 10), Reduction.SUM),
                m -> m.allReduce(Tensor.zeros(DType.FLOAT32, 10), Reduction.MAX),
                "rank 0 wants allReduce SUM of 10 float32, rank 1 wants allReduce MAX of 10 float32"),
        EPSILON(
                m -> normed(m, 1e-5f),
                m -> normed(m, 1e-6f),
                "rank 0 wants allReduceRmsNorm of 10 float32 in rows of 5, epsilon 1.0E-5, "
                        + "rank 1 wants allReduceRmsNorm of 10 float32 in rows of 5, epsilon 1.0E-6"),
        ROOT(
                m -> m.broadcast(Tensor.zeros(DType.FLOAT32, 10), 0),
                m -> m.broadcast(Tensor.zeros(DType.FLOAT32, 10), 1),
                "rank 0 wants broadcast from rank 0 of 10 float32, rank 1 wants broadcast from rank 1 of 10 float32"),
        /** Rank 1 has left a call out, so that it is a step ahead. */
        STEP(
                m -> m.allReduce(Tensor.zeros(DType.FLOAT32, 10), Reduction.SUM),
                Member::barrier,
                "rank 0 wants allReduce SUM of 10 float32, rank 1 wants barrier");

        private static Work normed(Member m, float epsilon) {
            Tensor x = Tensor.zeros(DType.FLOAT32, 2, 5);
            return m.allReduceRmsNorm(x, Tensor.zeros(DType.FLOAT32, 2, 5), Tensor.zeros(DType.FLOAT32, 5), x, epsilon);
        }

        private final Function<Member, Work> zero;
        private final Function<Member, Work> one;
        private final String message;

        Disagreement(Function<Member, Work> zero, Function<Member, Work> one, String message) {
            this.zero = zero;
            this.one = one;
            this.message = message;
        }
    }

    @ParameterizedTest
    @EnumSource
    void ranksThatDisagree(Disagreement case_) {
        try (Pair pair = Pair.join()) {
            pair.zero().barrier();
            pair.one().barrier().await();
            Work zero = case_.zero.apply(pair.zero());
            Work one = case_.one.apply(pair.one());
            for (Work work : List.of(zero, one)) {
                var e = assertThrows(CollectiveException.class, work::await);
                assertEquals(Reason.MISMATCH, e.reason(), e::getMessage);
                assertEquals(1, e.step());
                assertTrue(e.getMessage().contains(case_.message), e::getMessage);
            }
            var later =
                    assertThrows(CollectiveException.class, () -> pair.zero().barrier());
            assertEquals(Reason.MISMATCH, later.reason());
            assertTrue(later.getMessage().contains("has failed before"), later::getMessage);
        }
    }

    /** Although the first elements have been sent by then; two of three agree, and would have gone on. */
    @Test
    void whereRanksDisagreeNothingIsWritten() {
        int port = Ranks.freePort();
        List<CompletableFuture<Throwable>> failures = IntStream.range(0, 3)
                .mapToObj(rank -> Pair.failureOf(() -> {
                    try (Group group = Pair.join(rank, 3, port, Group.DEADLINE);
                            Tensor in = Tensor.full(DType.FLOAT32, rank + 1, 3_000_000 + rank / 2);
                            Tensor out = Tensor.full(DType.FLOAT32, 9, 3_000_000 + rank / 2)) {
                        var e = assertThrows(CollectiveException.class, () -> group.member(rank)
                                .allReduce(in, rank == 0 ? in : out, Reduction.SUM)
                                .await());
                        for (float value : in.toFloatArray()) {
                            assertEquals(rank + 1, value);
                        }
                        for (float value : out.toFloatArray()) {
                            assertEquals(9, value);
                        }
                        throw e;
                    }
                }))
                .toList();
        for (var failure : failures) {
            var e = assertInstanceOf(CollectiveException.class, failure.join());
            assertEquals(Reason.MISMATCH, e.reason(), e::getMessage);
            assertTrue(e.getMessage().contains("rank 2 wants allReduce SUM of 3000001 float32"), e::getMessage);
        }
    }

    /** However soon some of them close their ends behind it. */
    @Test
    void allOfFourHearOfADisagreement() {
        for (int round = 0; round < 10; round++) {
            List<CompletableFuture<Throwable>> failures = four(member -> {
                try (Tensor tensor = Tensor.zeros(DType.INT8, 5)) {
                    member.broadcast(tensor, member.rank() / 3).await();
                }
            });
            for (var failure : failures) {
                var e = assertInstanceOf(CollectiveException.class, failure.join());
                assertEquals(Reason.MISMATCH, e.reason(), e::getMessage);
            }
        }
    }

    @Test
    void ranksThatCloseAtOnceDoNotDisturbTheOthers() {
        for (int round = 0; round < 10; round++) {
            List<CompletableFuture<Throwable>> failures = four(member -> {
                try (Tensor tensor = Tensor.zeros(DType.FLOAT32, 300_000)) {
                    member.allReduce(tensor, Reduction.SUM).await();
                    member.broadcast(tensor, 2).await();
                }
                throw new CancellationException("well done");
            });
            failures.forEach(
                    failure -> assertInstanceOf(CancellationException.class, failure.join(), () -> failure.join()
                            .getMessage()));
        }
    }

    /** Four ranks that join, do this, and close. */
    private static List<CompletableFuture<Throwable>> four(Consumer<Member> call) {
        int port = Ranks.freePort();
        return IntStream.range(0, 4)
                .mapToObj(rank -> Pair.failureOf(() -> {
                    try (Group group = Pair.join(rank, 4, port, Group.DEADLINE)) {
                        call.accept(group.member(rank));
                    }
                }))
                .toList();
    }

    @Test
    void aRankThatDoesNotComeIsNamed() {
        try (Pair pair = Pair.join()) {
            Tensor tensor = Tensor.zeros(DType.FLOAT64, 5);
            var e = assertThrows(CollectiveException.class, () -> pair.zero()
                    .within(SHORT)
                    .allReduce(tensor, Reduction.SUM)
                    .await());
            assertEquals(Reason.TIMEOUT, e.reason());
            assertEquals(
                    "rank 0, step 0, 40 bytes: allReduce SUM of 5 float64: rank 1 did not come in time",
                    e.getMessage());
            var other = assertThrows(
                    CollectiveException.class, () -> pair.one().barrier().await());
            assertEquals(Reason.PEER_LOST, other.reason(), other::getMessage);
            assertTrue(other.getMessage().contains("lost rank 0"), other::getMessage);
        }
    }

    @Test
    void aClosedGroup() {
        Pair pair = Pair.join();
        Work waiting = pair.zero().barrier();
        assertFalse(waiting.isDone());
        pair.first().close();
        pair.first().close();
        assertEquals(
                Reason.CLOSED,
                assertThrows(CollectiveException.class, waiting::await).reason());
        var e = assertThrows(CollectiveException.class, () -> pair.zero().barrier());
        assertEquals(Reason.CLOSED, e.reason());
        var other = assertThrows(
                CollectiveException.class, () -> pair.one().barrier().await());
        assertEquals(Reason.PEER_LOST, other.reason(), other::getMessage);
        pair.close();
    }

    @Test
    void aRankThatHasClosedItsEnd() {
        try (Pair pair = Pair.join()) {
            Work zero = pair.zero().barrier();
            pair.one().barrier().await();
            pair.second().close();
            zero.await();
            Work missing = pair.zero().barrier();
            var e = assertThrows(CollectiveException.class, missing::await);
            assertEquals(Reason.CLOSED, e.reason(), e::getMessage);
            assertTrue(e.getMessage().contains("rank 1 has closed the group"), e::getMessage);
        }
    }

    @Test
    void aWaitingThreadIsInterrupted() throws Exception {
        try (Pair pair = Pair.join()) {
            AtomicReference<CollectiveException> thrown = new AtomicReference<>();
            Thread waiting = new Thread(() -> {
                var e = assertThrows(
                        CollectiveException.class, () -> pair.zero().barrier().await());
                if (Thread.currentThread().isInterrupted()) {
                    thrown.set(e);
                }
            });
            waiting.start();
            Thread.sleep(100);
            waiting.interrupt();
            waiting.join();
            assertEquals(Reason.INTERRUPTED, thrown.get().reason());
            var other = assertThrows(
                    CollectiveException.class, () -> pair.one().barrier().await());
            assertEquals(Reason.PEER_LOST, other.reason(), other::getMessage);
        }
    }

    @Test
    void callsRunInTheirOrderAndNobodyWaitsBeforeAwait() {
        try (Pair pair = Pair.join()) {
            Tensor zero = Tensor.full(DType.INT64, 1, 3);
            Tensor one = Tensor.full(DType.INT64, 2, 3);
            List<Work> begun = List.of(
                    pair.zero().allReduce(zero, Reduction.SUM),
                    pair.zero().allReduce(zero, Reduction.PRODUCT),
                    pair.zero().broadcast(zero, 1));
            pair.one().allReduce(one, Reduction.SUM);
            pair.one().allReduce(one, Reduction.PRODUCT);
            pair.one().broadcast(one, 1).await();
            begun.forEach(Work::await);
            assertTrue(begun.get(0).isDone());
            assertEquals(9, zero.get("0").item());
            assertEquals(9, one.get("0").item());
        }
    }

    @Test
    void tensorsMayBeClosedWhileACallUsesThem() {
        try (Pair pair = Pair.join()) {
            Tensor zero = Tensor.full(DType.FLOAT32, 1, 1000);
            Work work = pair.zero().allReduce(zero, Reduction.SUM);
            zero.close();
            Tensor one = Tensor.full(DType.FLOAT32, 1, 1000);
            pair.one().allReduce(one, Reduction.SUM).await();
            work.await();
            assertEquals(2, one.get("999").item());
            assertThrows(IllegalStateException.class, () -> pair.zero().allReduce(zero, Reduction.SUM));
        }
    }

    @Test
    void aRankThatIsMissingAtTheStart() {
        for (int rank : new int[] {0, 1}) {
            var e = assertThrows(CollectiveException.class, () -> Pair.join(rank, 2, Ranks.freePort(), SHORT));
            assertEquals(Reason.TIMEOUT, e.reason(), e::getMessage);
            assertTrue(e.getMessage().contains("rank " + (1 - rank)), e::getMessage);
        }
    }

    @Test
    void aRankThatIsThereTwice() {
        int port = Ranks.freePort();
        List<CompletableFuture<Throwable>> failures = List.of(
                Pair.failureOf(() -> Pair.join(0, 3, port, Group.DEADLINE)),
                Pair.failureOf(() -> Pair.join(1, 3, port, Group.DEADLINE)),
                Pair.failureOf(() -> Pair.join(1, 3, port, Group.DEADLINE)));
        for (var failure : failures) {
            var e = assertInstanceOf(CollectiveException.class, failure.join());
            assertEquals(Reason.MISMATCH, e.reason(), e::getMessage);
            assertTrue(e.getMessage().contains("rank 1 came twice"), e::getMessage);
        }
    }

    @Test
    void joiningIsInterrupted() throws Exception {
        int port = Ranks.freePort();
        AtomicReference<CollectiveException> thrown = new AtomicReference<>();
        Thread joining = new Thread(
                () -> thrown.set(assertThrows(CollectiveException.class, () -> Pair.join(0, 2, port, Group.DEADLINE))));
        joining.start();
        Thread.sleep(100);
        joining.interrupt();
        joining.join();
        assertEquals(Reason.INTERRUPTED, thrown.get().reason());
    }

    @Test
    void onlyTheCpuIsServed() {
        try (var rendezvous = EnvironmentRendezvous.of(Ranks.variables(0, 1, Ranks.freePort()))) {
            var e = assertThrows(
                    IllegalArgumentException.class, () -> Group.join(rendezvous, ReferenceDevice.INSTANCE));
            assertEquals(
                    "join: no engine for the device reference; on the class path: gloo (io.sardonyx:sardonyx-gloo serves "
                            + "the cpu, sardonyx-nccl GPUs)",
                    e.getMessage());
        }
    }
}
