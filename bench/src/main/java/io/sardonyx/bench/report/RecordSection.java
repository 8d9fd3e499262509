package io.sardonyx.bench.report;

import io.sardonyx.bench.record.Absence;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Provenance;
import io.sardonyx.bench.record.Roof;
import io.sardonyx.bench.record.Standing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One record: what it shows in short, plots, all lines, what is missing, and where it comes from. */
final class RecordSection {
    private final String name;
    private final BenchmarkRecord record;
    private final String id;
    private final List<Chart> charts;

    /** Adds its plots to {@code charts}, whose place there is their number. */
    RecordSection(Report.Named named, String id, List<Chart> charts) {
        this.name = named.name();
        this.record = named.record();
        this.id = id;
        this.charts = charts;
    }

    void write(Html html) {
        Provenance from = record.provenance();
        html.open("section", "id", id, "aria-labelledby", id + "-title");
        html.element("h2", name, "id", id + "-title");
        html.element("p", from.processor() + ", " + from.date() + ", commit " + from.commit(), "class", "origin");
        summary(html);
        html.open("div", "class", "figures");
        Stream.of(SpeedUps.of(record.measurements()), Roofline.of(record), Sweep.of(record.measurements()))
                .flatMap(List::stream)
                .forEach(chart -> figure(html, chart));
        html.close("div");
        html.element("h3", "All lines");
        new LineTable(record.measurements()).write(html);
        absences(html);
        provenance(html);
        html.close("section");
    }

    private void figure(Html html, Chart chart) {
        int number = charts.size();
        charts.add(chart);
        html.open("figure").element("h3", chart.title());
        html.open("div", "class", "plot")
                .element(
                        "canvas",
                        "",
                        "id",
                        "chart-" + number,
                        "role",
                        "img",
                        "aria-label",
                        chart.title() + ". " + chart.caption())
                .close("div");
        html.element("figcaption", chart.caption()).close("figure");
    }

    /** What is above a roof, what a simulator counted, and the means of what is faster or slower than others. */
    private void summary(Html html) {
        html.open("ul", "class", "summary");
        long wrong = count(Mark.WRONG);
        if (wrong > 0) {
            html.open("li")
                    .element("strong", wrong + (wrong == 1 ? " line is" : " lines are") + " wrong: ", "class", "wrong")
                    .text("above 100 % of the measured roof. Do not quote it.")
                    .close("li");
        }
        long simulated = count(Mark.SIMULATED);
        if (simulated > 0) {
            html.element(
                    "li",
                    simulated + (simulated == 1 ? " line is" : " lines are")
                            + " a simulator's: its own counts, no time of any hardware.");
        }
        standings(html);
        html.close("ul");
    }

    /** How we stand to others at each benchmark and place; lines that are wrong do not count. */
    private void standings(Html html) {
        Map<String, List<Measurement>> groups = new LinkedHashMap<>();
        record.measurements().stream()
                .filter(line -> Mark.of(line) == Mark.NONE)
                .forEach(line -> groups.computeIfAbsent(
                                line.benchmark() + " on " + new Place(line.device(), line.threads()),
                                group -> new ArrayList<>())
                        .add(line));
        groups.forEach((group, lines) ->
                Standing.of(Page.OURS, lines).forEach(standing -> html.element("li", group + ": " + words(standing))));
    }

    private static String words(Standing standing) {
        return Page.OURS + " is " + Quantity.factor(standing.mean()) + " as fast as " + standing.to()
                + (standing.points() == 1
                        ? ""
                        : " (geometric mean of " + standing.points() + ", least " + Quantity.factor(standing.least())
                                + ")");
    }

    private long count(Mark mark) {
        return record.measurements().stream()
                .filter(line -> Mark.of(line) == mark)
                .count();
    }

    private void absences(Html html) {
        if (record.absences().isEmpty()) {
            return;
        }
        html.element("h3", "Not measured").open("dl");
        for (Absence absence : record.absences()) {
            entry(html, absence.what(), absence.why());
        }
        html.close("dl");
    }

    private void provenance(Html html) {
        Provenance from = record.provenance();
        html.open("details").element("summary", "Where these numbers come from").open("dl");
        entry(html, "Command", from.command());
        entry(html, "Commit", from.commit());
        entry(html, "Date", from.date());
        entry(html, "Processor", from.processor() + ", " + from.cores() + (from.cores() == 1 ? " core" : " cores"));
        entry(html, "Instruction sets", String.join(" ", from.flags()));
        entry(html, "Memory", Math.round(from.memoryBytes() / 1e9) + " GB");
        entry(html, "System", from.system());
        entry(html, "Java", from.java());
        entry(html, "Seed", Long.toString(from.seed()));
        entries(html, "Device ", from.devices());
        entries(html, "Version of ", from.versions());
        for (Roof roof : record.roofs()) {
            String isa = roof.isa().isEmpty() ? "" : ", " + roof.isa();
            String value = roof.unit().equals("s")
                    ? Quantity.time(roof.value() * 1e9)
                    : Quantity.rate(roof.value(), roof.unit());
            entry(html, "Roof " + roof.name(), value + " (" + new Place(roof.device(), roof.threads()) + isa + ")");
        }
        html.close("dl").close("details");
    }

    private static void entries(Html html, String prefix, Map<String, String> values) {
        new TreeMap<>(values).forEach((key, value) -> entry(html, prefix + key, value));
    }

    private static void entry(Html html, String term, String description) {
        html.element("dt", term).element("dd", description);
    }
}
