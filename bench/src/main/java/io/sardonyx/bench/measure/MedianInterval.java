package io.sardonyx.bench.measure;

import io.sardonyx.bench.record.Times;
import java.util.Arrays;

/**
 * A median, and an interval between two of the values that holds the true one with 99 %, whatever their distribution is: the narrowest of
 * such pairs from both ends. Of fewer than eight values not even all of them make 99 %; then it is from the least to the
 * greatest.
 */
public record MedianInterval(double median, double low, double high) {
    private static final double CONFIDENCE = 0.99;

    static MedianInterval of(double[] values) {
        return of(values, CONFIDENCE);
    }

    /** For another confidence than 99 %. */
    public static MedianInterval of(double[] values, double confidence) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        int outside = 0;
        double missed = 0; // the chance that the true median is below sorted[outside], or above its twin
        double binomial = n
                * Math.log(
                        0.5); // of as many below the median as are outside: its logarithm, for 0.5^n may be no number
        while (2 * (outside + 1) < n && missed + 2 * Math.exp(binomial) <= 1 - confidence) {
            missed += 2 * Math.exp(binomial);
            binomial += Math.log((n - outside) / (outside + 1.0));
            outside++;
        }
        int from = Math.max(0, outside - 1);
        return new MedianInterval(Times.quantile(sorted, 0.5), sorted[from], sorted[n - 1 - from]);
    }
}
