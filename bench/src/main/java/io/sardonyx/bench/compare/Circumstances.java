package io.sardonyx.bench.compare;

import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Provenance;
import io.sardonyx.bench.record.Roof;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** What two records were measured with, as far as it is not what is compared. */
final class Circumstances {
    private Circumstances() {}

    /** @throws IllegalArgumentException if they are not: no statistics help then */
    static void requireSameMachine(Provenance before, Provenance after) {
        String first = machine(before);
        String second = machine(after);
        if (!first.equals(second)) {
            throw new IllegalArgumentException(
                    "the records are of different machines: " + first + "; " + second + ". Measure both on one");
        }
    }

    private static String machine(Provenance provenance) {
        return provenance.processor() + ", " + provenance.cores() + " cores, "
                + String.join(" ", new TreeSet<>(provenance.flags()));
    }

    static List<String> warnings(BenchmarkRecord before, BenchmarkRecord after, Threshold threshold) {
        Provenance first = before.provenance();
        Provenance second = after.provenance();
        List<String> warnings = new ArrayList<>();
        differ(warnings, "memory in bytes", first.memoryBytes(), second.memoryBytes());
        differ(warnings, "operating system", first.system(), second.system());
        differ(warnings, "Java", first.java(), second.java());
        differ(warnings, "seed", first.seed(), second.seed());
        differ(warnings, "device", first.devices(), second.devices());
        differ(warnings, "version of", first.versions(), second.versions());
        for (RoofMove move : RoofMove.all(before.roofs(), after.roofs())) {
            if (threshold.isPassedBy(move.time())) {
                Roof roof = move.roof();
                warnings.add(String.format(
                        Locale.ROOT,
                        "the machine itself changed: %s of %s%s takes %.3f of the time it took",
                        roof.name(),
                        roof.device(),
                        roof.threads() == 0 ? "" : " with threads " + roof.threads(),
                        move.time()));
            }
        }
        return warnings;
    }

    private static void differ(List<String> warnings, String what, Object before, Object after) {
        if (!before.equals(after)) {
            warnings.add(what + " differs: " + before + "; " + after);
        }
    }

    /** Those that both have; not our own version, which is what is compared. */
    private static void differ(
            List<String> warnings, String what, Map<String, String> before, Map<String, String> after) {
        for (String name : new TreeSet<>(before.keySet())) {
            if (after.containsKey(name) && !name.equals(LineComparison.OURS)) {
                differ(warnings, what + " " + name, before.get(name), after.get(name));
            }
        }
    }
}
