package io.sardonyx.bench.compare;

import io.sardonyx.bench.record.Times;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The interval of a ratio of medians, by drawing from the samples again and again. Neighbours in time are alike, so runs of
 * neighbours are drawn (circular block bootstrap). How far the halves of a series lie apart is added at both ends: what moved that
 * much while it was measured may have moved as much before.
 *
 * @param seed of the draws; the same seed gives the same interval
 */
record Bootstrap(long seed) {
    /** Samples below which nothing is said: an interval for 99 % does not exist for fewer. */
    static final int LEAST_SAMPLES = 8;

    /** The part of such intervals that hold the true ratio, if samples of a series differ by noise alone. */
    static final double CONFIDENCE = 0.99;

    private static final int DRAWS = 2000;
    private static final int MOST_SAMPLES = 256;

    /** Median of {@code after} over median of {@code before}; times in their order. */
    Interval ratioOfMedians(double[] before, double[] after) {
        double[] first = thinned(before);
        double[] second = thinned(after);
        SplittableRandom random = new SplittableRandom(seed);
        double[] ratios = new double[DRAWS];
        double[] drawn = new double[first.length];
        double[] drawnToo = new double[second.length];
        for (int i = 0; i < DRAWS; i++) {
            ratios[i] = medianOfDraw(second, drawnToo, random) / medianOfDraw(first, drawn, random);
        }
        Arrays.sort(ratios);
        double tail = (1 - CONFIDENCE) / 2;
        double estimate = median(after) / median(before);
        double low = Math.min(estimate, Times.quantile(ratios, tail));
        double high = Math.max(estimate, Times.quantile(ratios, 1 - tail));
        double drift = Math.max(drift(first), drift(second));
        return new Interval(low / drift, estimate, high * drift);
    }

    /** The larger of the halves' medians over the smaller. */
    private static double drift(double[] samples) {
        int middle = samples.length / 2;
        double begin = median(Arrays.copyOfRange(samples, 0, middle));
        double end = median(Arrays.copyOfRange(samples, samples.length - middle, samples.length));
        return Math.max(begin, end) / Math.min(begin, end);
    }

    /** Medians of runs of neighbours where there are more than enough samples. */
    private static double[] thinned(double[] samples) {
        if (samples.length <= MOST_SAMPLES) {
            return samples;
        }
        double[] medians = new double[MOST_SAMPLES];
        for (int i = 0; i < MOST_SAMPLES; i++) {
            int from = (int) ((long) i * samples.length / MOST_SAMPLES);
            int to = (int) ((i + 1L) * samples.length / MOST_SAMPLES);
            medians[i] = median(Arrays.copyOfRange(samples, from, to));
        }
        return medians;
    }

    private static double medianOfDraw(double[] samples, double[] drawn, SplittableRandom random) {
        int block = (int) Math.round(Math.cbrt(samples.length));
        for (int i = 0; i < drawn.length; ) {
            int from = random.nextInt(samples.length);
            for (int j = 0; j < block && i < drawn.length; j++) {
                drawn[i++] = samples[(from + j) % samples.length];
            }
        }
        Arrays.sort(drawn);
        return Times.quantile(drawn, 0.5);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return Times.quantile(sorted, 0.5);
    }
}
