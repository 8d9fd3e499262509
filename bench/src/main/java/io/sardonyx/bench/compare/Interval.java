package io.sardonyx.bench.compare;

import java.util.Arrays;

/**
 * A ratio of times, the second over the first, and how far it may be off: above 1 the second is slower.
 *
 * @param low the true ratio is above it
 * @param estimate the likeliest
 * @param high the true ratio is below it
 */
public record Interval(double low, double estimate, double high) {
    /** @throws IllegalArgumentException unless {@code 0 < low <= estimate <= high}, all finite */
    public Interval {
        if (!(0 < low && low <= estimate && estimate <= high && Double.isFinite(high))) {
            throw new IllegalArgumentException(
                    "expected 0 < low <= estimate <= high, given " + low + ", " + estimate + ", " + high);
        }
    }

    /** This estimate, with ends that hold all of the ratios, too. */
    Interval with(double... ratios) {
        double least = Arrays.stream(ratios).min().orElse(low);
        double most = Arrays.stream(ratios).max().orElse(high);
        return new Interval(Math.min(low, least), estimate, Math.max(high, most));
    }

    /** For a clock that is so many times as fast. */
    Interval times(double factor) {
        return new Interval(low * factor, estimate * factor, high * factor);
    }
}
