package io.sardonyx.bench.report;

import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Ratio;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How much faster the contender that all others are compared with is than each of them, from the turns that both took. */
record SpeedUps(String kind, String title, String caption, List<Bar> bars) implements Chart {
    private static final int MOST_BARS = 60; // a chart that a browser still draws sharply

    /** A ratio and its interval; {@code contender} is the other. */
    record Bar(String label, String contender, double speedUp, double low, double high, Mark mark) {}

    private record Group(String benchmark, String to, Place place) {}

    /** One for each benchmark, contender that others are compared with, device and number of threads. */
    static List<Chart> of(List<Measurement> lines) {
        Map<Group, List<Bar>> groups = new LinkedHashMap<>();
        for (Measurement line : lines) {
            line.ratio().ifPresent(ratio -> groups.computeIfAbsent(
                            new Group(line.benchmark(), ratio.to(), new Place(line.device(), line.threads())),
                            group -> new ArrayList<>())
                    .add(bar(line, ratio)));
        }
        List<Chart> charts = new ArrayList<>();
        groups.forEach((group, bars) -> {
            for (int from = 0; from < bars.size(); from += MOST_BARS) {
                charts.add(chart(group, bars.subList(from, Math.min(from + MOST_BARS, bars.size()))));
            }
        });
        return charts;
    }

    private static Chart chart(Group group, List<Bar> bars) {
        return new SpeedUps(
                "bars",
                group.benchmark + ", " + group.to + " beside others: " + group.place,
                "How many times as fast as the other contender " + group.to
                        + " is: right of 1 it is faster. The thin line is the interval of the median over turns.",
                bars);
    }

    /** The point without the benchmark, which the title names. */
    private static String label(Measurement line) {
        String point = line.key().point().substring(line.benchmark().length()).strip();
        return point.isEmpty() ? line.benchmark() : point;
    }

    private static Bar bar(Measurement line, Ratio ratio) {
        return new Bar(
                label(line), line.contender(), 1 / ratio.speedUp(), 1 / ratio.high(), 1 / ratio.low(), Mark.of(line));
    }
}
