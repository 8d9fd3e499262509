package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllReduceChoiceTest {
    private static final int H100 = 132;

    @Test
    void fewBytesTakeOneShotAndManyTwo() {
        for (int ranks : new int[] {2, 4, 8}) {
            assertEquals(
                    AllReduceAlgorithm.ONE_SHOT,
                    AllReduceChoice.of(8, ranks, H100).algorithm());
            assertEquals(
                    AllReduceAlgorithm.TWO_SHOT,
                    AllReduceChoice.of(1 << 24, ranks, H100).algorithm());
        }
    }

    /** The more ranks, the sooner: one shot carries all of every rank to every other. */
    @Test
    void theTurnComesEarlierWithMoreRanks() {
        assertTrue(turn(2) > turn(4) && turn(4) > turn(8), turn(2) + ", " + turn(4) + ", " + turn(8));
        assertTrue(turn(2) <= AllReduceAlgorithm.ONE_SHOT.mostBytes());
    }

    /** The longest message that goes in one shot. */
    private static long turn(int ranks) {
        long bytes = 64;
        while (AllReduceChoice.of(bytes + 64, ranks, H100).algorithm() == AllReduceAlgorithm.ONE_SHOT) {
            bytes += 64;
        }
        return bytes;
    }

    @Test
    void blocksFollowTheSizeAndTheDevice() {
        assertEquals(1, AllReduceChoice.blocks(0, H100));
        assertEquals(1, AllReduceChoice.blocks(4096, H100));
        assertEquals(2, AllReduceChoice.blocks(4097, H100));
        assertEquals(64, AllReduceChoice.blocks(1L << 40, H100));
        assertEquals(4, AllReduceChoice.blocks(1 << 20, 4));
        assertEquals(1, AllReduceChoice.blocks(1 << 20, 0));
    }

    /** Blocks of ranks that share a GPU wait for each other, so that all of them must be there at once. */
    @Test
    void ranksThatShareADeviceShareItsProcessors() {
        List<Device> alone = new Ranks.Kind("sim", Ranks.kinds().isEmpty() ? 0 : 2).devices();
        List<Device> together = new Ranks.Kind("virtual", 2).devices();
        assertEquals(alone.get(0).processors(), AllReduceChoice.processors(alone));
        assertEquals(alone.get(0).processors() / 2, AllReduceChoice.processors(together));
    }
}
