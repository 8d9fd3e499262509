package io.sardonyx.bench.report;

import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Roof;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Rates over operational intensity, in FLOP/s over FLOP/B, below the roofs that were measured on that device with those
 * threads.
 */
record Roofline(String kind, String title, String caption, List<Limit> limits, List<Series> series) implements Chart {
    private static final double MARGIN = 4; // of the intensities, on both sides

    /** A roof from one intensity to another: level where arithmetic limits, rising where memory does. */
    record Limit(String name, double fromX, double fromY, double toX, double toY) {}

    /** One for each device and number of threads that has roofs and lines below them. */
    static List<Chart> of(BenchmarkRecord record) {
        Map<Place, List<Measurement>> places = new LinkedHashMap<>();
        for (Measurement line : record.measurements()) {
            if (line.flops() > 0 && line.bytes() > 0 && line.times().median() > 0) {
                places.computeIfAbsent(new Place(line.device(), line.threads()), p -> new ArrayList<>())
                        .add(line);
            }
        }
        List<Chart> charts = new ArrayList<>();
        places.forEach((place, lines) -> {
            List<Roof> roofs = record.roofs().stream()
                    .filter(roof -> roof.device().equals(place.device()) && roof.threads() == place.threads())
                    .toList();
            List<Limit> limits = limits(roofs, lines);
            if (!limits.isEmpty()) {
                charts.add(new Roofline(
                        "roofline",
                        "Roofline: " + place,
                        "Each point is a measurement: operations a second over operations for each byte. Lines are the roofs"
                                + " measured in the same run; a point above its roof is wrong, but for convolutions by an algorithm"
                                + " that saves multiplications, which do not count here.",
                        limits,
                        series(lines)));
            }
        });
        return charts;
    }

    private static List<Limit> limits(List<Roof> roofs, List<Measurement> lines) {
        double highest = roofs.stream()
                .filter(roof -> roof.unit().equals("FLOP/s"))
                .mapToDouble(Roof::value)
                .max()
                .orElse(Double.POSITIVE_INFINITY);
        DoubleStream ridges = roofs.stream()
                .filter(roof -> roof.unit().equals("B/s"))
                .mapToDouble(roof -> highest / roof.value())
                .filter(Double::isFinite);
        DoubleSummaryStatistics shown = DoubleStream.concat(
                        ridges, lines.stream().mapToDouble(Roofline::intensity))
                .summaryStatistics();
        double left = shown.getMin() / MARGIN;
        double right = shown.getMax() * MARGIN;
        List<Limit> limits = new ArrayList<>();
        for (Roof roof : roofs) {
            String name = roof.name() + " " + Quantity.rate(roof.value(), roof.unit());
            if (roof.unit().equals("FLOP/s")) {
                limits.add(new Limit(name, left, roof.value(), right, roof.value()));
            } else if (roof.unit().equals("B/s")) {
                double end = Math.min(right, highest / roof.value());
                limits.add(new Limit(name, left, left * roof.value(), end, end * roof.value()));
            }
        }
        return limits;
    }

    private static List<Series> series(List<Measurement> lines) {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (Measurement line : lines) {
            double rate = line.flops() / line.times().median() * 1e9;
            points.computeIfAbsent(line.contender(), c -> new ArrayList<>())
                    .add(new Point(intensity(line), rate, line.key().point(), Mark.of(line)));
        }
        return points.entrySet().stream()
                .map(entry -> new Series(entry.getKey(), entry.getKey(), 0, entry.getValue()))
                .toList();
    }

    private static double intensity(Measurement line) {
        return line.flops() / line.bytes();
    }
}
