package io.sardonyx.bench.compare;

import java.util.Arrays;

/**
 * Ratios of turns, and when they are enough. The interval is of order statistics: it assumes that turns are alike and
 * independent, and nothing of how they are distributed. It is looked at several times, so each look asks for more than 99 %.
 */
final class TurnStatistics {
    /** Fewer turns have no such interval. */
    static final int LEAST_TURNS = 12;

    /** Of one look, that the true median lies outside. */
    private static final double ERROR = 1e-3;

    private static final double GROWTH = 1.2;

    private final double[] ratios;
    private int turns;
    private int nextLook = LEAST_TURNS;

    TurnStatistics(int mostTurns) {
        ratios = new double[mostTurns];
    }

    void add(double ratio) {
        ratios[turns++] = ratio;
    }

    int turns() {
        return turns;
    }

    boolean isFull() {
        return turns == ratios.length;
    }

    /** Whether enough turns came since the last look; true once for each look. */
    boolean isTimeToLook() {
        if (turns < nextLook) {
            return false;
        }
        nextLook = (int) Math.ceil(GROWTH * turns);
        return true;
    }

    /** @throws IllegalStateException before {@link #LEAST_TURNS} */
    Interval interval() {
        if (turns < LEAST_TURNS) {
            throw new IllegalStateException("needed " + LEAST_TURNS + " turns, given " + turns);
        }
        double[] sorted = Arrays.copyOf(ratios, turns);
        Arrays.sort(sorted);
        int rank = rank(turns);
        return new Interval(sorted[rank], Bootstrap.median(sorted), sorted[turns - 1 - rank]);
    }

    /** How many ratios may be left out at each end: the median of n is below the k-th with the chance of fewer than k heads. */
    private static int rank(int n) {
        double chance = Math.pow(0.5, n);
        double tail = chance;
        int rank = -1;
        while (tail <= ERROR / 2) {
            rank++;
            chance *= (n - rank) / (rank + 1.0);
            tail += chance;
        }
        return rank;
    }
}
