package io.sardonyx.bench.compare;

import io.sardonyx.bench.record.Measurement;
import java.util.Optional;

/**
 * A line that both records have.
 *
 * @param before median of the first record in nanoseconds
 * @param after of the second
 * @param ratio of their times, the second over the first; empty where there are too few samples
 * @param basis what the ratio comes from, in words: the times alone, or what was measured beside them
 */
public record ComparedLine(
        Measurement.Key key, Verdict verdict, double before, double after, Optional<Interval> ratio, String basis) {
    /** The same numbers without a verdict. */
    ComparedLine unsure(String why) {
        return new ComparedLine(key, Verdict.UNSURE, before, after, ratio, why);
    }
}
