package io.sardonyx.bench.measure;

import io.sardonyx.bench.record.Times;
import java.util.ArrayList;
import java.util.List;

/** Times until they stay the same: the medians of the last two windows differ by less than a hundredth. */
final class WarmUp {
    private static final int WINDOW = 5;
    private static final double STABLE = 0.01;

    private final List<Double> times = new ArrayList<>();

    void add(double time) {
        times.add(time);
    }

    boolean isStable() {
        int n = times.size();
        return n >= 2 * WINDOW && Math.abs(recent() / median(n - 2 * WINDOW, n - WINDOW) - 1) < STABLE;
    }

    /** The median of the last window, or of what there is of it. */
    double recent() {
        return median(Math.max(0, times.size() - WINDOW), times.size());
    }

    private double median(int from, int to) {
        return Times.quantile(
                times.subList(from, to).stream().mapToDouble(d -> d).sorted().toArray(), 0.5);
    }
}
