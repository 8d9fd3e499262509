package io.sardonyx.bench.record;

import java.util.List;

/**
 * How one contender stands to the one that all are compared with, from the turns that both took.
 *
 * @param to that one's name
 * @param speedUp its time over this line's time, the median over the turns: above 1 this line is faster
 * @param low of an interval that holds the true median with 99 %
 * @param high of that interval
 * @param turns every turn's ratio, in their order
 */
public record Ratio(String to, double speedUp, double low, double high, List<Double> turns) {
    /** Copies the turns. */
    public Ratio {
        turns = List.copyOf(turns);
    }
}
