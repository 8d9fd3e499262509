package io.sardonyx.bench.compare;

import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Roof;
import java.util.List;
import java.util.Optional;

/**
 * What the machine did between two records, seen by a roof that both measured: code takes no part in it.
 *
 * @param time what the roof's own work takes in the second, over the first: above 1 the machine became slower
 */
record RoofMove(Roof roof, double time) {
    private static final String SECONDS = "s";

    /** All roofs that both have. */
    static List<RoofMove> all(List<Roof> before, List<Roof> after) {
        return before.stream()
                .flatMap(roof -> after.stream()
                        .filter(other -> isSame(roof, other))
                        .filter(other -> roof.value() > 0 && other.value() > 0)
                        .findFirst()
                        .map(other -> new RoofMove(roof, time(roof, other)))
                        .stream())
                .toList();
    }

    /** Of the roof that binds the line; empty where none does, or one record lacks it. */
    static Optional<RoofMove> of(Measurement line, List<Roof> before, List<Roof> after) {
        return all(before, after).stream()
                .filter(move -> line.roof().equals(Optional.of(move.name()))
                        && move.roof.device().equals(line.device())
                        && move.roof.threads() == line.threads())
                .findFirst();
    }

    String name() {
        return roof.name();
    }

    /** Holds the ratio as it is and the one that a machine like this roof would have left. */
    Interval bothReadings(Interval ratio) {
        Interval other = ratio.times(1 / time);
        return ratio.with(other.low(), other.high());
    }

    private static boolean isSame(Roof a, Roof b) {
        return a.device().equals(b.device())
                && a.threads() == b.threads()
                && a.name().equals(b.name())
                && a.unit().equals(b.unit())
                && a.isa().equals(b.isa());
    }

    private static double time(Roof before, Roof after) {
        return before.unit().equals(SECONDS) ? after.value() / before.value() : before.value() / after.value();
    }
}
