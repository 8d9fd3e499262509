package io.sardonyx.bench.report;

import io.sardonyx.bench.record.Measurement;

/** What has to be said beside a number wherever it stands. */
enum Mark {
    /** Nothing. */
    NONE,
    /** Above the measured roof, which cannot be. */
    WRONG,
    /** By a simulator: no time of any hardware. */
    SIMULATED;

    static Mark of(Measurement line) {
        if (line.ofRoof().filter(part -> part > 1).isPresent()) {
            return WRONG;
        }
        boolean simulated = line.instrument() == Measurement.Instrument.COUNTS
                || line.device().startsWith("sim");
        return simulated ? SIMULATED : NONE;
    }
}
