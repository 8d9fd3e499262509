package io.sardonyx.bench.report;

import io.sardonyx.bench.record.Measurement;
import java.util.List;
import java.util.Optional;

/** What tells how fast lines are: the rate of what limits them, or the time where neither is known. */
enum Rate {
    /** Arithmetic. */
    FLOPS("FLOP/s"),
    /** Memory. */
    BYTES("B/s"),
    /** In seconds. */
    TIME("s");

    private final String unit;

    Rate(String unit) {
        this.unit = unit;
    }

    String unit() {
        return unit;
    }

    /** The same for all of them. */
    static Rate of(List<Measurement> lines) {
        boolean arithmetic = lines.stream().allMatch(line -> line.flops() > 0);
        boolean memory = lines.stream().allMatch(line -> line.bytes() > 0);
        boolean boundByMemory = lines.stream()
                .map(Measurement::roof)
                .flatMap(Optional::stream)
                .allMatch(roof -> roof.startsWith("read.") || roof.startsWith("copy."));
        if (memory && (!arithmetic || (boundByMemory && hasRoofs(lines)))) {
            return BYTES;
        }
        return arithmetic ? FLOPS : TIME;
    }

    private static boolean hasRoofs(List<Measurement> lines) {
        return lines.stream().anyMatch(line -> line.roof().isPresent());
    }

    /** In {@link #unit}. */
    double of(Measurement line) {
        double seconds = line.times().median() / 1e9;
        return switch (this) {
            case FLOPS -> line.flops() / seconds;
            case BYTES -> line.bytes() / seconds;
            case TIME -> seconds;
        };
    }
}
