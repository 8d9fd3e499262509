package io.sardonyx.bench.device;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Microseconds of one launch.
 *
 * @param low a tenth of the samples is below
 * @param high a tenth of the samples is above
 * @param all in their order
 */
public record Samples(double median, double low, double high, List<Double> all) {
    static Samples of(double[] microseconds) {
        double[] sorted = microseconds.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return new Samples(
                n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2,
                sorted[n / 10],
                sorted[n - 1 - n / 10],
                Arrays.stream(microseconds).boxed().toList());
    }

    /** The fastest of them. */
    public double least() {
        return all.stream().mapToDouble(us -> us).min().orElseThrow();
    }

    /** How many there are. */
    public int count() {
        return all.size();
    }

    /** As one line for another process. */
    String words() {
        return all.stream().map(us -> Double.toString(us)).collect(Collectors.joining(" "));
    }

    static Samples parse(String words) {
        return of(Arrays.stream(words.strip().split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray());
    }
}
