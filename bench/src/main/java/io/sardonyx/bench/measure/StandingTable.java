package io.sardonyx.bench.measure;

import io.sardonyx.bench.define.ShapeList;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Standing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** How one contender stands beside the others, point by point and over all of them: a table for each kind of line that has several. */
final class StandingTable {
    private static final String NOTHING = "–";

    private final String ours;
    private final Consumer<List<String>> rows;
    private final Runnable before;

    /**
     * @param rows takes the cells of each, the header's first
     * @param before begins a table
     */
    StandingTable(String ours, Consumer<List<String>> rows, Runnable before) {
        this.ours = ours;
        this.rows = rows;
        this.before = before;
    }

    /** Lines that are alike but for the point and the contender. */
    private record Kind(String benchmark, String dtype, String device, int threads, Cache cache) {
        static Kind of(Measurement line) {
            return new Kind(line.benchmark(), line.dtype(), line.device(), line.threads(), line.cache());
        }

        @Override
        public String toString() {
            return benchmark + " " + dtype + ", " + device + ", " + threads
                    + (threads == 1 ? " thread, " : " threads, ")
                    + cache.toString().toLowerCase(Locale.ROOT);
        }
    }

    void print(List<Measurement> measurements) {
        Map<Kind, List<Measurement>> kinds = new LinkedHashMap<>();
        measurements.forEach(line ->
                kinds.computeIfAbsent(Kind.of(line), kind -> new ArrayList<>()).add(line));
        kinds.forEach((kind, lines) -> {
            List<Standing> standings = Standing.of(ours, lines);
            if (standings.stream().anyMatch(standing -> standing.points() > 1)) {
                print(kind, lines, standings);
            }
        });
    }

    private void print(Kind kind, List<Measurement> lines, List<Standing> standings) {
        before.run();
        rows.accept(row(kind + ": " + ours, "µs", standings, s -> "× " + s.to()));
        rows.accept(row(":--", "--:", standings, s -> "--:"));
        Map<Map<String, String>, List<Measurement>> points = new LinkedHashMap<>();
        lines.forEach(line ->
                points.computeIfAbsent(line.axes(), axes -> new ArrayList<>()).add(line));
        points.forEach(
                (axes, point) -> rows.accept(row(name(kind, axes), time(point), standings, s -> speedUp(s, point))));
        rows.accept(row("geometric mean", "", standings, s -> number(s.mean())));
        rows.accept(row("least", "", standings, s -> number(s.least())));
        rows.accept(row("at least 1.00", "", standings, s -> s.reached() + " of " + s.points()));
    }

    private static List<String> row(
            String first, String second, List<Standing> standings, Function<Standing, String> rest) {
        List<String> cells = new ArrayList<>(List.of(first, second));
        standings.forEach(standing -> cells.add(rest.apply(standing)));
        return cells;
    }

    private static String name(Kind kind, Map<String, String> axes) {
        StringBuilder text = new StringBuilder();
        axes.forEach((axis, size) ->
                text.append(text.isEmpty() ? "" : " ").append(axis).append('=').append(size));
        ShapeList.nameOf(kind.benchmark(), axes)
                .ifPresent(name -> text.append(" (").append(name).append(')'));
        return text.toString();
    }

    private String time(List<Measurement> point) {
        return point.stream()
                .filter(line -> line.contender().equals(ours))
                .findFirst()
                .map(line -> number(line.times().median() / 1e3))
                .orElse(NOTHING);
    }

    /** A contender that could not be measured at a point leaves a gap. */
    private String speedUp(Standing standing, List<Measurement> point) {
        return Standing.of(ours, point).stream()
                .filter(here -> here.to().equals(standing.to()) || standing.to().equals(Standing.BEST) && alone(point))
                .findFirst()
                .map(here -> number(here.mean()))
                .orElse(NOTHING);
    }

    private boolean alone(List<Measurement> point) {
        return Standing.of(ours, point).size() == 1;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }
}
