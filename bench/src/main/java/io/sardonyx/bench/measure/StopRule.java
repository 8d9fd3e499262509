package io.sardonyx.bench.measure;

import io.sardonyx.bench.record.Times;
import java.util.Collection;
import java.util.Optional;

/**
 * When there are samples enough: once there are some of each contender and either all of them are steady or the time is over.
 *
 * @param seconds for each contender
 */
record StopRule(double seconds) {
    static final int LEAST_SAMPLES = 10;

    /** So many turns make an interval of 99 %. */
    static final int LEAST_TURNS = 8;

    /** About so many turns fill the time. */
    static final int TURNS = 15;

    private static final double STEADY = 0.005;

    /** @param elapsed seconds since the first turn began */
    Optional<Times.Stop> after(int turns, Collection<Times> contenders, double elapsed) {
        boolean enough = (turns >= LEAST_TURNS || contenders.size() == 1)
                && contenders.stream().allMatch(t -> t.samples().size() >= LEAST_SAMPLES);
        if (!enough) {
            return Optional.empty();
        }
        if (contenders.stream().allMatch(t -> t.noise() < STEADY)) {
            return Optional.of(Times.Stop.NOISE);
        }
        return elapsed >= seconds * contenders.size() ? Optional.of(Times.Stop.TIME) : Optional.empty();
    }

    /** Seconds of one turn of one contender. */
    double turn() {
        return seconds / TURNS;
    }
}
