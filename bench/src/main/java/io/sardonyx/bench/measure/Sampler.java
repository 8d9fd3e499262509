package io.sardonyx.bench.measure;

import io.sardonyx.bench.contender.Call;
import io.sardonyx.bench.record.Measurement.Cache;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/** Takes samples of one call, in the process that computes it. */
final class Sampler {
    /** Calls are batched until a sample is so long, far above the resolution of any timer. Cold ones stay alone. */
    private static final double SHORTEST = 1e6;

    private static final MathContext DIGITS = new MathContext(5);
    private static final int MOST_CALLS = 1 << 20;

    /** The JVM compiles what a call runs through behind its back; less left the first point of a sweep 2 µs slower than the rest. */
    private static final double LEAST_WARM_NANOSECONDS = 1e9;

    /** So long without anything compiled, and nothing is left to compile: a product of one row stood still at 5 µs until it took 4.2. */
    private static final double QUIET_NANOSECONDS = 5e8;

    private final Call call;
    private final Cache cache;
    private final Runnable flush;
    private final LongSupplier pulse;
    private final LongSupplier compilation;
    private final LongSupplier clock;
    private int calls = 1;

    /**
     * @param flush empties the caches
     * @param pulse a {@link ClockPulse}
     * @param compilation what the JVM's compiler has spent so far; stays the same while it rests
     * @param clock nanoseconds, for budgets
     */
    Sampler(Call call, Cache cache, Runnable flush, LongSupplier pulse, LongSupplier compilation, LongSupplier clock) {
        this.call = call;
        this.cache = cache;
        this.flush = flush;
        this.pulse = pulse;
        this.compilation = compilation;
        this.clock = clock;
    }

    /** Calls in a sample. */
    int calls() {
        return calls;
    }

    /**
     * Runs until the JVM compiles nothing any more and times {@linkplain WarmUp stay the same}, and then says so, or until the time is
     * over.
     *
     * @param seconds at most, but for one run
     */
    boolean warmUp(double seconds) {
        long start = clock.getAsLong();
        WarmUp warmUp = new WarmUp();
        long compiled = compilation.getAsLong();
        double lastCompiled = 0;
        double spent;
        boolean over;
        do {
            warmUp.add(sample().nanoseconds());
            if (cache == Cache.WARM) {
                calls = (int) Math.max(1, Math.min(MOST_CALLS, SHORTEST / Math.max(1, warmUp.recent())));
            }
            spent = clock.getAsLong() - start;
            if (compilation.getAsLong() != compiled) {
                compiled = compilation.getAsLong();
                lastCompiled = spent;
            }
            over = spent >= LEAST_WARM_NANOSECONDS && spent - lastCompiled >= QUIET_NANOSECONDS && warmUp.isStable();
        } while (spent < seconds * 1e9 && !over);
        return warmUp.isStable();
    }

    /** At least one sample, and as many as fit into the time. */
    List<Sample> samples(double seconds) {
        long end = clock.getAsLong() + (long) (seconds * 1e9);
        List<Sample> samples = new ArrayList<>();
        do {
            samples.add(sample());
        } while (clock.getAsLong() < end);
        return samples;
    }

    private Sample sample() {
        if (cache == Cache.COLD) {
            flush.run();
        }
        long before = pulse.getAsLong();
        double nanoseconds = (double) call.time(calls) / calls;
        return new Sample(nanoseconds, Math.max(before, pulse.getAsLong()));
    }

    /** As numbers on one line. */
    static String words(List<Sample> samples) {
        StringBuilder text = new StringBuilder();
        samples.forEach(
                s -> text.append(s.nanoseconds()).append(' ').append(s.pulse()).append(' '));
        return text.toString().strip();
    }

    static List<Sample> parse(String words) {
        double[] numbers =
                Arrays.stream(words.split(" ")).mapToDouble(Double::parseDouble).toArray();
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 2) {
            samples.add(new Sample(rounded(numbers[i]), numbers[i + 1]));
        }
        return samples;
    }

    /** To more digits than any clock has, so that a record of thousands of samples stays small. */
    private static double rounded(double nanoseconds) {
        return new BigDecimal(nanoseconds).round(DIGITS).doubleValue();
    }
}
