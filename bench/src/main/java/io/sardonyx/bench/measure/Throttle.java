package io.sardonyx.bench.measure;

import java.util.Comparator;
import java.util.List;

/**
 * Samples without those beside which the clock was lower than at its best. No more than half are dropped: a machine whose clock is
 * always low would be left without any.
 *
 * @param dropped how many are missing
 */
record Throttle(List<Sample> kept, int dropped) {
    /** A pulse that took so much longer than the shortest means that something held the processor back. */
    private static final double SLOWER = 1.25;

    static Throttle of(List<Sample> samples) {
        double best = samples.stream().mapToDouble(Sample::pulse).min().orElse(0) * SLOWER;
        long slow = samples.stream().filter(s -> s.pulse() > best).count();
        int drop = (int) Math.min(slow, samples.size() / 2);
        double limit = samples.stream()
                .sorted(Comparator.comparingDouble(Sample::pulse))
                .skip(Math.max(0, samples.size() - drop - 1))
                .findFirst()
                .map(Sample::pulse)
                .orElse(0.0);
        List<Sample> kept = samples.stream().filter(s -> s.pulse() <= limit).toList();
        return new Throttle(kept, samples.size() - kept.size());
    }

    double[] nanoseconds() {
        return kept.stream().mapToDouble(Sample::nanoseconds).toArray();
    }
}
