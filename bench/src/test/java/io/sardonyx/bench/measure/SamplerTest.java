package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.contender.Call;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final double MILLISECOND = 1e6;

    /** Takes what it is told, on a clock of its own. */
    private static final class Scripted implements Call {
        private final DoubleUnaryOperator nanoseconds;
        private final List<Integer> batches = new ArrayList<>();
        private double now;

        /** @param nanoseconds of a run by the number of the sample */
        Scripted(DoubleUnaryOperator nanoseconds) {
            this.nanoseconds = nanoseconds;
        }

        @Override
        public long time(int runs) {
            double time = runs * nanoseconds.applyAsDouble(batches.size());
            batches.add(runs);
            now += time;
            return (long) time;
        }

        @Override
        public void run() {
            throw new AssertionError("it times itself");
        }

        @Override
        public HostTensor output() {
            throw new AssertionError("nothing is verified here");
        }

        @Override
        public void close() {}
    }

    private static Sampler sampler(Scripted call, Cache cache, Runnable flush) {
        return new Sampler(call, cache, flush, () -> 7, () -> 0, () -> (long) call.now);
    }

    @Test
    void shortCallsAreBatchedToAMillisecond() {
        Scripted call = new Scripted(i -> 2000);
        Sampler sampler = sampler(call, Cache.WARM, () -> {});
        assertTrue(sampler.warmUp(1));
        assertEquals(500, sampler.calls());
        assertEquals(List.of(new Sample(2000, 7)), sampler.samples(0.0005));
        assertEquals(10, sampler.samples(0.01).size());
    }

    @Test
    void warmUpGoesOnUntilTimesStaySame() {
        Scripted call = new Scripted(i -> MILLISECOND * (1 + 20 / (1 + i / 400.0)));
        Sampler sampler = sampler(call, Cache.WARM, () -> {});
        assertTrue(sampler.warmUp(10));
        assertTrue(call.now > 1.05e9 && call.now < 4e9, call.now + " ns"); // a second is the least
        Scripted slowing = new Scripted(i -> MILLISECOND * Math.pow(1.02, i));
        assertFalse(sampler(slowing, Cache.WARM, () -> {}).warmUp(0.5));
        assertTrue(slowing.now >= 0.5e9, "until the time is over");
    }

    @Test
    void warmUpGoesOnWhileTheJvmCompiles() {
        Scripted call = new Scripted(i -> MILLISECOND);
        LongSupplier compilation = () -> (long) Math.min(call.now, 2e9);
        Sampler sampler = new Sampler(call, Cache.WARM, () -> {}, () -> 7, compilation, () -> (long) call.now);
        assertTrue(sampler.warmUp(10));
        assertEquals(2.5e9, call.now, 2 * MILLISECOND);
        assertTrue(sampler.warmUp(10));
        assertEquals(3.5e9, call.now, 4 * MILLISECOND, "nothing was compiled any more");
    }

    @Test
    void aLongCallRunsOnce() {
        Scripted call = new Scripted(i -> 5e9);
        Sampler sampler = sampler(call, Cache.WARM, () -> {});
        assertFalse(sampler.warmUp(1));
        assertEquals(1, sampler.samples(0.1).size());
        assertEquals(List.of(1, 1), call.batches);
    }

    @Test
    void coldCallsStayAloneAndCachesAreEmptiedBeforeEach() {
        Scripted call = new Scripted(i -> 2000);
        int[] flushes = new int[1];
        Sampler sampler = sampler(call, Cache.COLD, () -> {
            flushes[0]++;
            call.now += MILLISECOND;
        });
        sampler.warmUp(0.05);
        sampler.samples(0.01);
        assertEquals(1, sampler.calls());
        assertEquals(call.batches.size(), flushes[0]);
        assertTrue(call.batches.stream().allMatch(runs -> runs == 1));
    }

    @Test
    void samplesAreReadAsTheyAreWritten() {
        List<Sample> samples = List.of(new Sample(1.5, 20), new Sample(2e9, 21.25));
        assertEquals(samples, Sampler.parse(Sampler.words(samples)));
    }
}
