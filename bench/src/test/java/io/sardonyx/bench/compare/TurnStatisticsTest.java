package io.sardonyx.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TurnStatisticsTest {
    private static final int PAIRS = 50;
    private static final int MOST_TURNS = 400;

    /** The verdict at the first look that is not unsure. */
    private static Verdict verdict(double[] ratios) {
        TurnStatistics statistics = new TurnStatistics();
        for (double ratio : ratios) {
            statistics.add(1, ratio);
            if (statistics.isTimeToLook()) {
                Verdict verdict = statistics.verdict(Threshold.USUAL);
                if (verdict != Verdict.UNSURE) {
                    return verdict;
                }
            }
        }
        return Verdict.UNSURE;
    }

    private static long count(Verdict verdict, double ratio, double noise) {
        return IntStream.range(0, PAIRS)
                .filter(i -> verdict(Records.noisy(i, MOST_TURNS, ratio, noise)) == verdict)
                .count();
    }

    @Test
    void turnsTellTheSameFromFivePercentOnAQuietMachineAndOnALoudOne() {
        for (double noise : new double[] {0.002, 0.02, 0.06}) {
            assertEquals(PAIRS, count(Verdict.SAME, 1, noise), "noise " + noise);
            assertEquals(PAIRS, count(Verdict.SLOWER, 1.05, noise), "noise " + noise);
            assertEquals(PAIRS, count(Verdict.FASTER, 1 / 1.05, noise), "noise " + noise);
        }
    }

    @Test
    void moreNoiseThanTurnsCanAverageIsUnsure() {
        assertEquals(0, count(Verdict.SLOWER, 1, 0.5));
        assertTrue(count(Verdict.UNSURE, 1, 0.5) >= 49);
    }

    @Test
    void aWideIntervalBesideOneIsNotEnough() {
        TurnStatistics statistics = new TurnStatistics();
        for (int i = 0; i < TurnStatistics.LEAST_TURNS; i++) {
            statistics.add(1, 1.01 + 0.01 * i);
        }
        assertEquals(Verdict.SLOWER, Threshold.USUAL.verdict(statistics.interval()));
        assertEquals(Verdict.UNSURE, statistics.verdict(Threshold.USUAL));
        TurnStatistics far = new TurnStatistics();
        for (int i = 0; i < TurnStatistics.LEAST_TURNS; i++) {
            far.add(1, 1.1 + 0.1 * i);
        }
        assertEquals(Verdict.SLOWER, far.verdict(Threshold.USUAL));
    }

    @Test
    void theFewestTurnsTakeTheExtremes() {
        TurnStatistics statistics = new TurnStatistics();
        for (int i = 1; i < TurnStatistics.LEAST_TURNS; i++) {
            statistics.add(1, i);
        }
        assertThrows(IllegalStateException.class, statistics::interval);
        statistics.add(1, TurnStatistics.LEAST_TURNS);
        assertEquals(new Interval(1, 6.5, 12), statistics.interval());
    }

    @Test
    void moreTurnsLeaveMoreOut() {
        // Of 100 fair coins fewer than 34 are heads with a chance of 0.0004, fewer than 35 with 0.0009.
        TurnStatistics statistics = new TurnStatistics();
        for (int i = 1; i <= 100; i++) {
            statistics.add(1, i);
        }
        assertEquals(new Interval(34, 50.5, 67), statistics.interval());
    }

    @Test
    void manyTurnsHaveAnInterval() {
        TurnStatistics statistics = new TurnStatistics();
        for (int i = 1; i <= 4000; i++) {
            statistics.add(1, i);
        }
        // 3.29 standard deviations of a binomial distribution, each of sqrt(4000) / 2.
        assertEquals(2000 - 3.29 * 31.62, statistics.interval().low(), 2);
        assertEquals(2001 + 3.29 * 31.62, statistics.interval().high(), 2);
    }

    @Test
    void aPlanWithoutTimeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new PairPlan(0, 0.1, 1, Threshold.USUAL));
        assertThrows(IllegalArgumentException.class, () -> new PairPlan(1, 0, 1, Threshold.USUAL));
        assertThrows(IllegalArgumentException.class, () -> new PairPlan(1, 0.1, Double.NaN, Threshold.USUAL));
    }
}
