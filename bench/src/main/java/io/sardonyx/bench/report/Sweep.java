package io.sardonyx.bench.report;

import io.sardonyx.bench.record.Measurement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A rate or time over an axis whose values are numbers. */
record Sweep(String kind, String title, String caption, String xTitle, String unit, List<Series> series)
        implements Chart {
    private static final int MOST_SERIES = 12; // more cannot be told apart

    private record Group(String benchmark, Place place, Measurement.Instrument instrument) {}

    /** One for each benchmark, device, number of threads and instrument with at least two values on an axis. */
    static List<Chart> of(List<Measurement> lines) {
        Map<Group, List<Measurement>> groups = new LinkedHashMap<>();
        for (Measurement line : lines) {
            Group group = new Group(line.benchmark(), new Place(line.device(), line.threads()), line.instrument());
            groups.computeIfAbsent(group, g -> new ArrayList<>()).add(line);
        }
        List<Chart> charts = new ArrayList<>();
        groups.forEach((group, members) -> Axis.widest(members).ifPresent(axis -> chart(group, axis, members, charts)));
        return charts;
    }

    private static void chart(Group group, Axis axis, List<Measurement> lines, List<Chart> charts) {
        Rate rate = Rate.of(lines);
        Map<String, Series> series = new LinkedHashMap<>();
        Map<String, Integer> styles = new LinkedHashMap<>();
        for (Measurement line : lines) {
            if (axis.value(line).isEmpty() || !(line.times().median() > 0)) {
                continue;
            }
            String rest = rest(line, axis, lines);
            String name = line.contender() + rest;
            int style = styles.computeIfAbsent(rest, r -> styles.size());
            series.computeIfAbsent(name, n -> new Series(n, line.contender(), style, new ArrayList<>()))
                    .points()
                    .add(new Point(
                            axis.value(line).getAsDouble(),
                            rate.of(line),
                            line.key().point(),
                            Mark.of(line)));
        }
        List<Series> drawn = series.values().stream().limit(MOST_SERIES).toList();
        drawn.forEach(s -> s.points().sort(Comparator.comparingDouble(Point::x)));
        if (drawn.stream().noneMatch(s -> s.points().size() > 1)) {
            return;
        }
        String more = series.size() > drawn.size() ? " Not all series are drawn; the table has all." : "";
        String direction = rate == Rate.TIME ? "Lower is faster." : "Higher is faster.";
        charts.add(new Sweep(
                "sweep", group.benchmark + ": " + group.place, direction + more, axis.title(), rate.unit(), drawn));
    }

    /** What tells this line's series from others of the contender. */
    private static String rest(Measurement line, Axis axis, List<Measurement> all) {
        Set<String> parts = new LinkedHashSet<>();
        if (all.stream().map(Measurement::dtype).distinct().count() > 1) {
            parts.add(line.dtype());
        }
        if (all.stream().map(Measurement::cache).distinct().count() > 1) {
            parts.add(line.cache().name().toLowerCase(Locale.ROOT));
        }
        for (String other : axis.others()) {
            parts.add(other + "=" + line.axes().getOrDefault(other, ""));
        }
        return parts.stream().map(part -> " " + part).collect(Collectors.joining());
    }
}
