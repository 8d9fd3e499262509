package io.sardonyx.bench.device;

import java.util.Arrays;

/**
 * Microseconds of one launch.
 *
 * @param low a tenth of the samples is below
 * @param high a tenth of the samples is above
 */
public record Samples(double median, double low, double high, int count) {
    static Samples of(double[] microseconds) {
        double[] sorted = microseconds.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return new Samples(
                n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2,
                sorted[n / 10],
                sorted[n - 1 - n / 10],
                n);
    }

    /** As one line for another process. */
    String words() {
        return median + " " + low + " " + high + " " + count;
    }

    static Samples parse(String words) {
        String[] parts = words.strip().split(" ");
        return new Samples(
                Double.parseDouble(parts[0]),
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Integer.parseInt(parts[3]));
    }
}
