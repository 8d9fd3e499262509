package io.sardonyx.bench.record;

import java.util.Arrays;
import java.util.List;

/**
 * Times of one call, in nanoseconds.
 *
 * @param low a quarter of the samples is below
 * @param high a quarter of the samples is above
 * @param p99 a hundredth of the samples is above
 * @param noise the standard deviation of the samples over their mean
 * @param calls that each sample is the mean of
 * @param stoppedBy what ended the sampling
 * @param dropped samples thrown away because the clock was throttled
 * @param samples all that were kept, in their order
 */
public record Times(
        double median,
        double low,
        double high,
        double p99,
        double noise,
        int calls,
        Stop stoppedBy,
        int dropped,
        List<Double> samples) {
    /** Copies the samples. */
    public Times {
        samples = List.copyOf(samples);
    }

    /** Why there are no more samples. */
    public enum Stop {
        /** They are steady. */
        NOISE,
        /** Their time was over. */
        TIME
    }

    /**
     * Sums samples up.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Times of(double[] nanoseconds, int calls, Stop stoppedBy, int dropped) {
        if (nanoseconds.length == 0) {
            throw new IllegalArgumentException("there are no samples");
        }
        double[] sorted = nanoseconds.clone();
        Arrays.sort(sorted);
        double mean = Arrays.stream(sorted).average().orElseThrow();
        double variance =
                Arrays.stream(sorted).map(t -> (t - mean) * (t - mean)).sum() / Math.max(1, sorted.length - 1);
        return new Times(
                quantile(sorted, 0.5),
                quantile(sorted, 0.25),
                quantile(sorted, 0.75),
                quantile(sorted, 0.99),
                Math.sqrt(variance) / mean,
                calls,
                stoppedBy,
                dropped,
                Arrays.stream(nanoseconds).boxed().toList());
    }

    /** Of what was counted and not timed: no samples, and zeros. */
    public static Times none() {
        return new Times(0, 0, 0, 0, 0, 0, Stop.TIME, 0, List.of());
    }

    /** Between two samples, by their distance; {@code sorted} ascends. */
    public static double quantile(double[] sorted, double part) {
        double place = part * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
