package io.sardonyx.cli;

import io.sardonyx.bench.compare.ComparedLine;
import io.sardonyx.bench.compare.Comparison;
import io.sardonyx.bench.compare.Interval;
import io.sardonyx.bench.compare.Verdict;
import io.sardonyx.bench.record.Measurement;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Two records that were compared, for people and for programs. */
final class ComparisonTable {
    private final Comparison comparison;

    ComparisonTable(Comparison comparison) {
        this.comparison = comparison;
    }

    void print(PrintWriter out) {
        comparison.warnings().forEach(warning -> out.println("warning: " + warning));
        for (ComparedLine line : comparison.lines()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-6s  %-24s  %s  (%s)",
                    line.verdict(),
                    line.ratio().map(ComparisonTable::words).orElse("-"),
                    line.key(),
                    line.basis()));
        }
        comparison.onlyBefore().forEach(key -> out.println("only in the first: " + key));
        comparison.onlyAfter().forEach(key -> out.println("only in the second: " + key));
        out.println(Arrays.stream(Verdict.values())
                        .map(verdict -> verdict + " " + comparison.count(verdict))
                        .collect(Collectors.joining(", "))
                + String.format(
                        Locale.ROOT,
                        "; ratios are times of the second over the first with 99 %%; what is within %.3g %% is the same",
                        100 * comparison.threshold().part()));
        out.flush();
    }

    private static String words(Interval ratio) {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", ratio.estimate(), ratio.low(), ratio.high());
    }

    String json(String before, String after) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("before", before);
        all.put("after", after);
        all.put("threshold", comparison.threshold().part());
        all.put("warnings", comparison.warnings());
        all.put(
                "lines",
                comparison.lines().stream().map(ComparisonTable::fields).toList());
        all.put("onlyBefore", names(comparison.onlyBefore()));
        all.put("onlyAfter", names(comparison.onlyAfter()));
        return Json.of(all);
    }

    private static List<String> names(List<Measurement.Key> keys) {
        return keys.stream().map(Measurement.Key::toString).toList();
    }

    private static Map<String, Object> fields(ComparedLine line) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("line", line.key().toString());
        fields.put("key", line.key());
        fields.put("verdict", line.verdict());
        fields.put("beforeNs", line.before());
        fields.put("afterNs", line.after());
        line.ratio().ifPresent(ratio -> fields.put("ratio", ratio));
        fields.put("basis", line.basis());
        return fields;
    }
}
