package io.sardonyx.bench.report;

import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Ratio;
import io.sardonyx.bench.record.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** All lines of a record, a row each; it scrolls within itself. */
final class LineTable {
    private static final List<String> HEADINGS = List.of(
            "Line",
            "Contender",
            "Median",
            "Rate",
            "Of roof",
            "Beside",
            "Quartiles",
            "p99",
            "Noise",
            "Samples",
            "Counts",
            "Where");
    private static final String NOTHING = "–";
    private static final int FIRST_NUMBER = 2; // the column after the contender
    private static final int TIMES = 8; // columns from there on that are of times

    private final List<Measurement> lines;

    LineTable(List<Measurement> lines) {
        this.lines = lines;
    }

    void write(Html html) {
        html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "All lines");
        html.open("table").open("thead").open("tr");
        for (int column = 0; column < HEADINGS.size(); column++) {
            cell(html, "th", HEADINGS.get(column), column, "scope", "col");
        }
        html.close("tr").close("thead").open("tbody");
        lines.forEach(line -> row(html, line));
        html.close("tbody").close("table").close("div");
    }

    private static void row(Html html, Measurement line) {
        Mark mark = Mark.of(line);
        html.open("tr", "class", mark.name().toLowerCase(Locale.ROOT));
        html.open("th", "scope", "row").text(line.key().point());
        if (mark == Mark.SIMULATED) {
            html.raw(" ").element("span", "simulator", "class", "tag");
        }
        html.close("th");
        List<String> cells = cells(line, mark);
        for (int i = 0; i < cells.size(); i++) {
            cell(html, "td", cells.get(i), i + 1);
        }
        html.close("tr");
    }

    private static List<String> cells(Measurement line, Mark mark) {
        List<String> cells = new ArrayList<>(List.of(line.contender()));
        cells.addAll(line.times().samples().isEmpty() ? Collections.nCopies(TIMES, NOTHING) : times(line, mark));
        cells.add(line.countsInWords());
        cells.add(new Place(line.device(), line.threads())
                + ("; " + line.instrument() + ", " + line.cache()).toLowerCase(Locale.ROOT));
        return cells;
    }

    private static List<String> times(Measurement line, Mark mark) {
        Times times = line.times();
        Rate rate = Rate.of(List.of(line));
        return List.of(
                Quantity.time(times.median()),
                rate == Rate.TIME ? NOTHING : Quantity.rate(rate.of(line), rate.unit()),
                line.ofRoof()
                        .map(part -> Quantity.percent(part) + " of "
                                + line.roof().orElse("its roof") + (mark == Mark.WRONG ? ": wrong" : ""))
                        .orElse(NOTHING),
                line.ratio().map(LineTable::beside).orElse(NOTHING),
                Quantity.time(times.low()) + " – " + Quantity.time(times.high()),
                Quantity.time(times.p99()),
                Quantity.percent(times.noise()),
                samples(times));
    }

    private static String beside(Ratio ratio) {
        return Quantity.factor(ratio.speedUp()) + " " + ratio.to() + " [" + Quantity.factor(ratio.low()) + ", "
                + Quantity.factor(ratio.high()) + "]";
    }

    private static String samples(Times times) {
        return times.samples().size() + " × " + times.calls() + ", by "
                + times.stoppedBy().name().toLowerCase(Locale.ROOT)
                + (times.dropped() == 0 ? "" : ", " + times.dropped() + " dropped");
    }

    private static void cell(Html html, String tag, String words, int column, String... attributes) {
        String[] all = Arrays.copyOf(attributes, attributes.length + 2);
        all[attributes.length] = "class";
        all[attributes.length + 1] = column < FIRST_NUMBER || column >= FIRST_NUMBER + TIMES ? "words" : "number";
        html.element(tag, words, all);
    }
}
