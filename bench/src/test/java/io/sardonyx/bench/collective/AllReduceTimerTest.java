package io.sardonyx.bench.collective;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.collective.AllReduceAlgorithm;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Reduction;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.tensor.DType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AllReduceTimerTest {
    private static final SamplingPlan BRIEF = new SamplingPlan(0.001, 0);
    private static final Device HOST = Devices.get("reference");

    @Test
    void aTimeIsTheMedianOfVerifiedCalls() {
        try (Group group = Group.of(HOST, HOST, HOST);
                AllReduceTimer timer = new AllReduceTimer(group, new SamplingPlan(1, 2), 1)) {
            Quartiles times = timer.time(4000, DType.FLOAT32, Reduction.MEAN);
            assertTrue(0 < times.low() && times.low() <= times.median() && times.median() <= times.high());
            assertEquals(2, times.calls());
            assertEquals(SamplingPlan.SAMPLES, times.samples());
        }
    }

    @Test
    void aResultThatIsWrongAtOnceOrLaterHasNoTime() {
        for (int good : new int[] {0, 30}) {
            try (Group group = Group.of(HOST, HOST);
                    AllReduceTimer timer =
                            new AllReduceTimer(new FaultyGroup(group, good), new SamplingPlan(1, 1), 5)) {
                String said = assertThrows(
                                VerificationException.class, () -> timer.time(64, DType.INT64, Reduction.SUM))
                        .getMessage();
                String when = good == 0 ? "wrong before it was timed" : "wrong after it was timed";
                assertTrue(said.startsWith(when) && said.contains("rank 1") && said.contains("seed 5"), said);
            }
        }
    }

    @Test
    void bytesThatAreNoElementsAreRefused() {
        try (Group group = Group.of(HOST);
                AllReduceTimer timer = new AllReduceTimer(group, BRIEF, 1)) {
            assertThrows(IllegalArgumentException.class, () -> timer.time(0, DType.FLOAT32, Reduction.SUM));
            assertThrows(IllegalArgumentException.class, () -> timer.time(6, DType.FLOAT32, Reduction.SUM));
        }
        assertThrows(IllegalArgumentException.class, () -> new SamplingPlan(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new SamplingPlan(1, 65));
    }

    @Test
    void quartilesLieBetweenSamples() {
        Quartiles four = Quartiles.of(new double[] {4, 1, 3, 2}, 1);
        assertEquals(2.5, four.median());
        assertEquals(1.75, four.low());
        assertEquals(3.25, four.high());
        assertEquals(7, Quartiles.of(new double[] {7}, 1).high());
    }

    @Test
    void busBandwidthIsThatOfARing() {
        Quartiles times = new Quartiles(2, 1, 3, 15, 1);
        var result = new AllReduceResult(
                "sim:0", "local", 4, 1000, DType.FLOAT32, Reduction.SUM, Optional.empty(), times, Optional.empty());
        assertEquals(0.5e9, result.algbw());
        assertEquals(0.75e9, result.busbw());
        assertTrue(result.isSimulated());
    }

    @Test
    void virtualRanksShareOneMemory() {
        assertEquals(8 * 9 * 100, SharedMemoryBound.bytes(AllReduceAlgorithm.ONE_SHOT, 8, 100));
        assertEquals(25 * 100, SharedMemoryBound.bytes(AllReduceAlgorithm.TWO_SHOT, 8, 100));
    }
}
