package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.device.Batch;
import io.sardonyx.bench.device.GpuSensor;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Contenders on a GPU whose clock is scripted. */
class GpuParticipantTest {
    private static final int FAST = 1980;

    private final List<String> log = new ArrayList<>();
    private long now;

    /** By the number of the reading. */
    private final class Scripted implements GpuSensor {
        private int number;

        @Override
        public Reading read() {
            int i = number++;
            log.add("read");
            return new Reading(i == 3 ? 1200 : FAST, 2619, i == 5, i % 2 == 0, 600 + i, 60);
        }

        @Override
        public String describe() {
            return "a script";
        }

        @Override
        public void close() {}
    }

    private GpuParticipant participant(Contender contender, double microseconds, SmClock smClock) {
        Batch batch = new Batch(
                4,
                () -> {
                    log.add(contender.toString());
                    now += 5_000_000;
                    return 4 * microseconds;
                },
                () -> log.add("close " + contender));
        return new GpuParticipant(
                contender,
                contender.toString(),
                "cuda:0",
                batch,
                () -> log.add("verify " + contender),
                smClock,
                () -> now);
    }

    @Test
    void contendersTakeTurnsAndClocksAreReadBehindEachSample() {
        SmClock smClock = new SmClock(Optional.of(new Scripted()), "");
        GpuParticipant ours = participant(Contender.SARDONYX, 10, smClock);
        GpuParticipant theirs = participant(Contender.CUBLAS, 20, smClock);
        List<Turns.Outcome> outcomes = new Turns(
                        List.of(ours, theirs), new StopRule(0.01), () -> now, Throttle::ofGpu, () -> 0)
                .run(Cache.COLD);
        int begin = log.indexOf("read") - 1;
        assertEquals(
                List.of("sardonyx", "read", "cublas", "read", "cublas", "read", "sardonyx", "read"),
                log.subList(begin, begin + 8));
        assertEquals(0.5, outcomes.get(1).ratio().orElseThrow().speedUp());
        assertTrue(outcomes.get(1).ratio().orElseThrow().turns().size() >= 8);
        Times times = outcomes.get(0).times();
        assertEquals(1e4, times.median());
        assertEquals(4, times.calls());
        // readings 3, whose clock was low, and 5, which the hardware held back: ours in turns 2 (3), theirs in turn 3
        // (5)
        assertEquals(1, times.dropped());
        assertEquals(1, outcomes.get(1).times().dropped());
        assertEquals(FAST, ours.counts().get("MHz SM"));
        assertTrue(ours.counts().get("power-capped samples") > 0);
        assertTrue(
                smClock.describe().startsWith("; SM clock 1200 / 1980 / 1980, memory clock 2619 / 2619 / 2619 MHz"),
                smClock.describe());
    }

    @Test
    void withoutASensorNothingIsDroppedOrSaid() {
        GpuParticipant alone =
                participant(Contender.SARDONYX, 10, new SmClock(Optional.empty(), "libnvidia-ml.so.1: no such file"));
        assertTrue(alone.sample(0.01, Cache.COLD).stream().allMatch(s -> s.pulse() == 0));
        assertEquals(Map.of(), alone.counts());
        assertFalse(log.contains("read"));
        alone.close();
        assertEquals("close sardonyx", log.get(log.size() - 1));
    }

    private static List<Sample> samples(double... pulses) {
        return IntStream.range(0, pulses.length)
                .mapToObj(i -> new Sample(i, pulses[i]))
                .toList();
    }

    @Test
    void noMoreThanHalfOfTheSamplesAreDropped() {
        double lost = Double.POSITIVE_INFINITY;
        assertEquals(2, Throttle.ofGpu(samples(lost, lost, lost, lost)).dropped());
        assertEquals(2, Throttle.ofGpu(samples(lost, 500, lost, 505, 510)).dropped());
        assertEquals(0, Throttle.ofGpu(samples(500, 540, 550)).dropped());
        assertEquals(0, Throttle.ofGpu(samples(0, 0, 0)).dropped(), "nothing is known");
        assertEquals(0, Throttle.ofGpu(samples(0, 0, 500)).dropped(), "little is known");
    }

    @Test
    void whatRunsByThePowerLimitIsNotDroppedForTheFewSamplesBefore() {
        double[] pulses = Stream.concat(
                        Stream.of(500.0, 500.0), Stream.generate(() -> 700.0).limit(10))
                .mapToDouble(p -> p)
                .toArray();
        assertEquals(0, Throttle.ofGpu(samples(pulses)).dropped());
        assertEquals(
                6, Throttle.of(samples(pulses)).dropped(), "as a processor's would be: " + Arrays.toString(pulses));
    }
}
