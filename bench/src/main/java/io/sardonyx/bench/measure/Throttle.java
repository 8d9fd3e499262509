package io.sardonyx.bench.measure;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Samples without those beside which the clock was lower than at its best. No more than half are dropped: a machine whose clock is
 * always low would be left without any.
 *
 * @param dropped how many are missing
 */
record Throttle(List<Sample> kept, int dropped) {
    /** A pulse that took so much longer than the shortest means that something held the processor back. */
    private static final double SLOWER = 1.25;

    private static final double SLOWER_ON_GPU = 1.1;

    /** Of a processor, by the shortest pulse. */
    static Throttle of(List<Sample> samples) {
        return above(SLOWER * samples.stream().mapToDouble(Sample::pulse).min().orElse(0), samples);
    }

    /**
     * Of a GPU, by the median pulse: its power limit lowers the clock soon after the start, and what runs by that is not to be dropped for
     * the few samples before.
     */
    static Throttle ofGpu(List<Sample> samples) {
        double[] known = samples.stream()
                .mapToDouble(Sample::pulse)
                .filter(pulse -> pulse > 0)
                .sorted()
                .toArray();
        double median = known.length == 0 ? Double.MAX_VALUE : known[(known.length - 1) / 2];
        return above(Math.min(SLOWER_ON_GPU * median, Double.MAX_VALUE), samples);
    }

    /** Drops the longest pulses above {@code limit}, the later ones of equals first. */
    private static Throttle above(double limit, List<Sample> samples) {
        Set<Integer> dropped = IntStream.range(0, samples.size())
                .boxed()
                .filter(i -> samples.get(i).pulse() > limit)
                .sorted(Comparator.<Integer>comparingDouble(i -> samples.get(i).pulse())
                        .thenComparing(Comparator.naturalOrder())
                        .reversed())
                .limit(samples.size() / 2)
                .collect(Collectors.toSet());
        List<Sample> kept = IntStream.range(0, samples.size())
                .filter(i -> !dropped.contains(i))
                .mapToObj(samples::get)
                .toList();
        return new Throttle(kept, dropped.size());
    }

    double[] nanoseconds() {
        return kept.stream().mapToDouble(Sample::nanoseconds).toArray();
    }
}
