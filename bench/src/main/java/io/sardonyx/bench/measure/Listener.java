package io.sardonyx.bench.measure;

import io.sardonyx.bench.record.Measurement;

/** Hears what a run does. */
public interface Listener {
    /** Begins with a point, of which there are {@code of}. */
    void point(int number, int of, String what);

    /** Has a line. */
    void measured(Measurement measurement);
}
