package io.sardonyx.bench.compare;

import io.sardonyx.bench.measure.MedianInterval;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns of two, and when they are enough. The interval of their ratios' median assumes that turns are alike and independent, and
 * nothing of how they are distributed. It is looked at several times, so each look asks for more than 99 %.
 */
final class TurnStatistics {
    /** Fewer turns have no such interval. */
    static final int LEAST_TURNS = 12;

    private static final double CONFIDENCE = 0.999;
    private static final double GROWTH = 1.2;

    private final List<Double> base = new ArrayList<>();
    private final List<Double> candidate = new ArrayList<>();
    private int nextLook = LEAST_TURNS;

    /** Times of one turn. */
    void add(double baseTime, double candidateTime) {
        base.add(baseTime);
        candidate.add(candidateTime);
    }

    int turns() {
        return base.size();
    }

    /** Whether enough turns came since the last look; true once for each look. */
    boolean isTimeToLook() {
        if (turns() < nextLook) {
            return false;
        }
        nextLook = (int) Math.ceil(GROWTH * turns());
        return true;
    }

    /** @throws IllegalStateException before {@link #LEAST_TURNS} */
    Interval interval() {
        if (turns() < LEAST_TURNS) {
            throw new IllegalStateException("needed " + LEAST_TURNS + " turns, given " + turns());
        }
        double[] ratios = new double[turns()];
        for (int turn = 0; turn < ratios.length; turn++) {
            ratios[turn] = candidate.get(turn) / base.get(turn);
        }
        MedianInterval interval = MedianInterval.of(ratios, CONFIDENCE);
        return new Interval(interval.low(), interval.median(), interval.high());
    }

    /**
     * Nothing but unsure as long as the interval is wider than what counts as the same: whoever stops at the first interval beside 1
     * finds a difference in noise, if he looks often enough. One that lies far beyond the threshold as a whole is enough however wide.
     */
    Verdict verdict(Threshold threshold) {
        Interval ratio = interval();
        double width = Math.pow(1 + threshold.part(), 2);
        boolean isNarrow = ratio.high() / ratio.low() <= width;
        boolean isFar = ratio.low() > width || ratio.high() < 1 / width;
        return isNarrow || isFar ? threshold.verdict(ratio) : Verdict.UNSURE;
    }

    double baseMedian() {
        return median(base);
    }

    double candidateMedian() {
        return median(candidate);
    }

    private static double median(List<Double> times) {
        return Bootstrap.median(times.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
