package io.sardonyx.bench.report;

import io.sardonyx.bench.record.Measurement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * An axis that lines differ in.
 *
 * @param title its name, with those that always have the same value: {@code m = n = k}
 * @param others names of axes that take several values at one value of this one
 */
record Axis(String name, String title, List<String> others) {
    /** This line's place on it, above 0 for it is drawn by its logarithm; empty if that is no such number. */
    OptionalDouble value(Measurement line) {
        return value(line, name);
    }

    /** Of the lines, the axis of numbers with the most values; the first of several; empty if none has two. */
    static Optional<Axis> widest(List<Measurement> lines) {
        Set<String> names = new LinkedHashSet<>();
        lines.forEach(line -> names.addAll(line.axes().keySet()));
        return names.stream()
                .filter(name -> values(lines, name).size() > 1)
                .max(Comparator.<String>comparingInt(name -> values(lines, name).size())
                        .thenComparing(name -> -List.copyOf(names).indexOf(name)))
                .map(name -> of(lines, name, names));
    }

    private static Axis of(List<Measurement> lines, String name, Set<String> names) {
        StringBuilder title = new StringBuilder(name);
        List<String> others = new ArrayList<>();
        for (String other : names) {
            if (other.equals(name)) {
                continue;
            }
            if (lines.stream()
                    .allMatch(line -> line.axes().containsKey(name)
                            && line.axes().get(name).equals(line.axes().get(other)))) {
                title.append(" = ").append(other);
            } else if (isFree(lines, name, other)) {
                others.add(other);
            }
        }
        return new Axis(name, title.toString(), others);
    }

    /** Whether the other axis has several values where this one has one. */
    private static boolean isFree(List<Measurement> lines, String name, String other) {
        long points =
                lines.stream().map(line -> line.axes().get(name)).distinct().count();
        long pairs = lines.stream()
                .map(line ->
                        List.of(line.axes().getOrDefault(name, ""), line.axes().getOrDefault(other, "")))
                .distinct()
                .count();
        return pairs > points;
    }

    private static Set<Double> values(List<Measurement> lines, String name) {
        Set<Double> values = new TreeSet<>();
        lines.forEach(line -> value(line, name).ifPresent(values::add));
        return values;
    }

    private static OptionalDouble value(Measurement line, String name) {
        try {
            double value = Double.parseDouble(line.axes().getOrDefault(name, ""));
            return value > 0 && Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }
}
