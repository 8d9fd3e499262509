package io.sardonyx.bench.record;

import java.util.List;

/**
 * One run of {@code bench}.
 *
 * @param format 1; another number is another meaning of the fields
 * @param roofs of the devices that took part, measured in the same run
 * @param absences contenders and lines that were asked for and are missing
 */
public record BenchmarkRecord(
        int format, Provenance provenance, List<Roof> roofs, List<Measurement> measurements, List<Absence> absences) {
    /** What this code writes and reads. */
    public static final int FORMAT = 1;

    /** Copies the lists. */
    public BenchmarkRecord {
        roofs = List.copyOf(roofs);
        measurements = List.copyOf(measurements);
        absences = List.copyOf(absences);
    }
}
