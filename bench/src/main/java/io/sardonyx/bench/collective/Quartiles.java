package io.sardonyx.bench.collective;

import java.util.Arrays;

/**
 * Microseconds of one call.
 *
 * @param low a quarter of the samples is below
 * @param high a quarter of the samples is above
 * @param calls that each sample is the mean of
 */
public record Quartiles(double median, double low, double high, int samples, int calls) {
    static Quartiles of(double[] microseconds, int calls) {
        double[] sorted = microseconds.clone();
        Arrays.sort(sorted);
        return new Quartiles(at(sorted, 0.5), at(sorted, 0.25), at(sorted, 0.75), sorted.length, calls);
    }

    /** As one line for another process. */
    String words() {
        return median + " " + low + " " + high + " " + samples + " " + calls;
    }

    static Quartiles parse(String words) {
        String[] parts = words.strip().split(" ");
        return new Quartiles(
                Double.parseDouble(parts[0]),
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Integer.parseInt(parts[3]),
                Integer.parseInt(parts[4]));
    }

    /** Between two samples, by their distance. */
    private static double at(double[] sorted, double part) {
        double place = part * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
