package io.sardonyx.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.collective.CollectiveException;
import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.Group;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.OpExecutionException;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Data;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rank that fails fails the run on all of them, and nothing hangs. */
@Timeout(20) // below the deadline of an all-reduce: nobody is left to wait for that
class SplitTroubleTest {
    private static final Device DEVICE = Devices.get("reference");
    private static final Map<String, HostTensor> FIRST_ROW = Map.of("id", HostTensor.of(Shape.of(1), 0));

    private static TensorParallel load(byte[] model, Group group) {
        return TensorParallel.load(() -> Model.builder(model), group, Group.DEADLINE);
    }

    @Test
    void oneRankFailsWhereItsPieceIsBad() {
        try (Group group = Group.of(DEVICE, DEVICE);
                TensorParallel model = load(Transformers.quotients(1, 1, 1, 0), group)) {
            assertEquals(1, model.pairs().size());
            var refused = assertThrows(OpExecutionException.class, () -> model.run(FIRST_ROW));
            assertTrue(refused.getMessage().contains("Div"), refused.getMessage());
        }
    }

    @Test
    void oneRankFailsWhileTheOtherWaits() {
        var waiting = new CountDownLatch(1);
        var group = new Watched(DEVICE, 2) {
            @Override
            void before(int rank) {
                if (rank == 0) {
                    waiting.countDown();
                } else {
                    awaitQuietly(waiting);
                    throw new IllegalStateException("rank 1 is out of order");
                }
            }
        };
        try (TensorParallel model = load(Transformers.quotients(1, 1), group)) {
            var first = assertThrows(IllegalStateException.class, () -> model.run(FIRST_ROW));
            assertEquals("rank 1 is out of order", first.getMessage());
            var later = assertThrows(CollectiveException.class, () -> model.run(FIRST_ROW));
            assertEquals(Reason.CLOSED, later.reason());
            assertEquals(first, later.getCause());
        }
    }

    /** All ranks refuse it at the same node; nobody waits for anybody. */
    @Test
    void badDataLeavesTheGroupAsItWas() {
        try (Group group = Group.of(DEVICE, DEVICE);
                TensorParallel model = load(Transformers.quotients(1, 1), group)) {
            Map<String, HostTensor> outside = Map.of("id", HostTensor.of(Shape.of(1), 3));
            assertThrows(OpExecutionException.class, () -> model.run(outside));
            assertThrows(IllegalArgumentException.class, () -> model.run(Map.of()));
            try (Outputs outputs = model.run(FIRST_ROW)) {
                assertArrayEquals(new long[] {6, 6}, outputs.only().toLongArray());
            }
        }
    }

    @Test
    void aPastOfTooFewHeadsIsRefused() {
        try (Group group = Group.of(DEVICE, DEVICE);
                TensorParallel model = load(Transformers.attention(4, 3), group)) {
            var refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> model.run(Map.of("x", Data.normal(1, 1, 1, 12), "past", Data.normal(2, 2, 1, 2, 5, 3))));
            assertEquals("input 'past': expected 4 at axis 2, given float32[2, 1, 2, 5, 3]", refused.getMessage());
        }
    }

    @Test
    void interruptedWhileOneRankIsLate() throws InterruptedException {
        var late = new CountDownLatch(1);
        var group = new Watched(DEVICE, 2) {
            @Override
            void before(int rank) {
                if (rank == 1) {
                    late.countDown();
                    awaitQuietly(closed);
                }
            }
        };
        try (TensorParallel model = load(Transformers.quotients(1, 1), group)) {
            var caller = Thread.currentThread();
            var other = new Thread(() -> {
                awaitQuietly(late);
                caller.interrupt();
            });
            other.start();
            var stopped = assertThrows(CollectiveException.class, () -> model.run(FIRST_ROW));
            assertEquals(Reason.INTERRUPTED, stopped.reason());
            assertTrue(Thread.interrupted(), "the flag is set again");
            other.join();
        }
    }

    @Test
    void afterClosing() {
        try (Group group = Group.of(DEVICE, DEVICE)) {
            TensorParallel model = load(Transformers.quotients(1, 1), group);
            model.close();
            model.close();
            assertThrows(IllegalStateException.class, () -> model.run(FIRST_ROW));
        }
    }

    @ParameterizedTest
    @CsvSource({"SUM, 6, -8", "PRODUCT, 9, 16", "MIN, 3, -4", "MAX, 3, -4", "MEAN, 3, -4"})
    void aModelHoldsAnAllReduce(String reduction, float first, float second) {
        try (Group group = Group.of(DEVICE, DEVICE);
                TensorParallel model = load(Transformers.allReduce(reduction), group);
                Outputs outputs = model.run(Map.of("x", HostTensor.of(Shape.of(2), 3f, -4f)))) {
            assertArrayEquals(new float[] {first, second}, outputs.only().toFloatArray());
        }
    }

    @Test
    void anAllReduceWithoutAGroupIsRefused() {
        var refused = assertThrows(UnsupportedModelException.class, () -> Model.builder(Transformers.allReduce("SUM"))
                .load());
        assertTrue(refused.getMessage().contains("TensorParallel.load"), refused.getMessage());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
