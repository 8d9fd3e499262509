package io.sardonyx.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Caches are cold by their real size. */
class EffortTest {
    private static final long MEBI = 1L << 20;

    @Test
    void buffersRotateThroughMoreThanTwiceTheCacheThatThereIs() {
        for (long l2 : new long[] {0, 4 * MEBI, 50 * MEBI, 126 * MEBI, 512 * MEBI}) {
            for (long bytes : new long[] {3 * MEBI, 40 * MEBI, 700 * MEBI}) {
                boolean alone = Effort.GPU.isAlone(bytes, l2);
                assertTrue(alone || Effort.GPU.sets(bytes, l2) * bytes > 2 * l2, bytes + " bytes, L2 of " + l2);
            }
        }
        assertEquals(26, Effort.GPU.sets(10 * MEBI, 50 * MEBI));
        assertEquals(63, Effort.GPU.sets(10 * MEBI, 126 * MEBI), "five times a larger L2");
    }

    @Test
    void whatTheCacheHoldsInSpiteOfThatIsTimedAlone() {
        assertTrue(Effort.GPU.isAlone(4096, 50 * MEBI));
        assertEquals(1, Effort.GPU.sets(4096, 50 * MEBI));
        assertFalse(Effort.GPU.isAlone(MEBI, 50 * MEBI));
        assertTrue(Effort.GPU.isAlone(MEBI, 256 * MEBI));
        assertFalse(Effort.WARM.isAlone(4096, 50 * MEBI), "the same buffers, on purpose");
        assertEquals(1, Effort.WARM.sets(4096, 50 * MEBI));
    }

    @Test
    void batchesAreFilledAndQueuesAreHeldForThem() {
        List<Integer> asked = new ArrayList<>();
        Batch batch = Effort.GPU.batch(3, launches -> {
            asked.add(launches);
            return () -> 10.0 * launches;
        });
        assertEquals(List.of(3, 500), asked);
        assertEquals(500, batch.launches());
        assertEquals(10, batch.microseconds());
        assertTrue(Effort.GPU.holdMicroseconds(500) > Effort.GPU.holdMicroseconds(1));
        assertEquals(0, Effort.SMOKE.holdMicroseconds(500));
        assertEquals(
                32, Effort.GPU.batchOfLone(launches -> () -> 1.0 * launches).launches());
    }
}
