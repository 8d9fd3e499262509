package io.sardonyx.bench.measure;

import io.sardonyx.bench.record.Times;
import java.util.Arrays;

/**
 * A median, and an interval between two of the values that holds the true one with 99 %, whatever their distribution is: the narrowest of
 * such pairs from both ends. Of fewer than eight values not even all of them make 99 %; then it is from the least to the
 * greatest.
 */
record MedianInterval(double median, double low, double high) {
    private static final double CONFIDENCE = 0.99;

    static MedianInterval of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        int outside = 0;
        double missed = 0; // the chance that the true median is below sorted[outside], or above its twin
        double binomial = Math.pow(0.5, n); // of as many below the median as are outside
        while (2 * (outside + 1) < n && missed + 2 * binomial <= 1 - CONFIDENCE) {
            missed += 2 * binomial;
            binomial = binomial * (n - outside) / (outside + 1);
            outside++;
        }
        int from = Math.max(0, outside - 1);
        return new MedianInterval(Times.quantile(sorted, 0.5), sorted[from], sorted[n - 1 - from]);
    }
}
