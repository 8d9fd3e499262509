package io.sardonyx.bench.compare;

import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two records, line by line.
 *
 * @param lines that both have, in the order of the first
 * @param onlyBefore lines that the second has not
 * @param onlyAfter lines that the first has not
 * @param warnings what besides the code may have made a difference, a sentence each
 */
public record Comparison(
        Threshold threshold,
        List<ComparedLine> lines,
        List<Measurement.Key> onlyBefore,
        List<Measurement.Key> onlyAfter,
        List<String> warnings) {
    private static final long SEED = 1; // of the bootstrap, so that the same files give the same answer

    /** Copies the lists. */
    public Comparison {
        lines = List.copyOf(lines);
        onlyBefore = List.copyOf(onlyBefore);
        onlyAfter = List.copyOf(onlyAfter);
        warnings = List.copyOf(warnings);
    }

    /** @throws IllegalArgumentException if the records are of different machines, have no line in common, or one has a line twice */
    public static Comparison of(BenchmarkRecord before, BenchmarkRecord after, Threshold threshold) {
        Circumstances.requireSameMachine(before.provenance(), after.provenance());
        Map<Measurement.Key, Measurement> first = byKey("the first record", before);
        Map<Measurement.Key, Measurement> second = byKey("the second record", after);
        List<String> warnings = new ArrayList<>(Circumstances.warnings(before, after, threshold));
        LineComparison comparison = new LineComparison(before, after, threshold, new Bootstrap(SEED));
        List<ComparedLine> lines = first.entrySet().stream()
                .filter(line -> second.containsKey(line.getKey()))
                .map(line -> comparison.of(line.getValue(), second.get(line.getKey())))
                .toList();
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("the records have no line in common: the first has " + example(first)
                    + ", the second " + example(second));
        }
        if (lines.stream().anyMatch(line -> line.basis().equals(LineComparison.TIMES_ALONE))) {
            warnings.add("some lines have no roof and no contender to tell a slower machine from slower code by;"
                    + " `bench pair` lets two builds take turns");
        }
        return new Comparison(threshold, lines, others(first, second), others(second, first), warnings);
    }

    /** How many lines got this verdict. */
    public long count(Verdict verdict) {
        return lines.stream().filter(line -> line.verdict() == verdict).count();
    }

    private static Map<Measurement.Key, Measurement> byKey(String name, BenchmarkRecord record) {
        Map<Measurement.Key, Measurement> lines = new LinkedHashMap<>();
        for (Measurement line : record.measurements()) {
            if (lines.put(line.key(), line) != null) {
                throw new IllegalArgumentException(name + " has two lines of " + line.key());
            }
        }
        return lines;
    }

    private static String example(Map<Measurement.Key, Measurement> lines) {
        return lines.keySet().stream().findFirst().map(Object::toString).orElse("none");
    }

    private static List<Measurement.Key> others(
            Map<Measurement.Key, Measurement> lines, Map<Measurement.Key, Measurement> known) {
        return lines.keySet().stream().filter(key -> !known.containsKey(key)).toList();
    }
}
