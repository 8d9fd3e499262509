package io.sardonyx.bench.measure;

import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.record.Absence;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.bench.record.Provenance;
import io.sardonyx.bench.record.Roof;
import io.sardonyx.bench.record.Times;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines as they come, in Markdown: a table for each benchmark in a row, and at the end the roofs and what is missing. */
public final class ResultTable {
    private static final String NOTHING = "–";
    private static final int MOST_DIGITS = 6;
    private static final List<String> LEFT = List.of("dtype", "device", "threads", "contender", "cache");
    private static final List<String> RIGHT = List.of(
            "median µs",
            "quartiles µs",
            "p99 µs",
            "GFLOP/s",
            "GB/s",
            "% of roof",
            "speed-up [99 %]",
            "samples × calls",
            "noise %");

    private final PrintWriter out;
    private List<String> header = List.of();

    public ResultTable(PrintWriter out) {
        this.out = out;
    }

    /** What the machine is. */
    public void title(Provenance provenance) {
        out.println(provenance.processor() + ", " + provenance.cores() + " processors; " + provenance.java()
                + "; commit " + provenance.commit() + "; seed " + provenance.seed());
        out.flush();
    }

    /** The next line. */
    public void line(Measurement line) {
        List<String> next = new ArrayList<>(List.of("benchmark"));
        next.addAll(line.axes().keySet());
        next.addAll(LEFT);
        next.addAll(RIGHT);
        if (!next.equals(header)) {
            header = next;
            out.println();
            row(header);
            row(header.stream()
                    .map(name -> RIGHT.contains(name) || line.axes().containsKey(name) ? "--:" : ":--")
                    .toList());
        }
        List<String> cells = new ArrayList<>(List.of(line.benchmark()));
        cells.addAll(line.axes().values());
        cells.addAll(List.of(
                line.dtype(),
                line.device(),
                line.threads() == 0 ? NOTHING : Integer.toString(line.threads()),
                line.contender(),
                line.cache().toString().toLowerCase(Locale.ROOT)));
        cells.addAll(line.instrument() == Instrument.COUNTS ? counted(line) : timed(line));
        row(cells);
        out.flush();
    }

    private static List<String> timed(Measurement line) {
        Times times = line.times();
        return List.of(
                number(times.median() / 1e3),
                number(times.low() / 1e3) + " – " + number(times.high() / 1e3),
                number(times.p99() / 1e3),
                line.flops() == 0 ? NOTHING : number(line.flops() / times.median()),
                line.bytes() == 0 ? NOTHING : number(line.bytes() / times.median()),
                line.ofRoof().map(part -> roof(part, line.roof().orElse(""))).orElse(NOTHING),
                line.ratio()
                        .map(r -> String.format(
                                Locale.ROOT, "%.2f [%.2f, %.2f] × %s", r.speedUp(), r.low(), r.high(), r.to()))
                        .orElse(NOTHING),
                times.samples().size() + " × " + times.calls()
                        + (times.dropped() == 0 ? "" : ", " + times.dropped() + " dropped")
                        + (line.counts().isEmpty() ? "" : "; " + line.countsInWords()),
                String.format(
                        Locale.ROOT,
                        "%.1f, by %s",
                        100 * times.noise(),
                        times.stoppedBy().toString().toLowerCase(Locale.ROOT)));
    }

    private static List<String> counted(Measurement line) {
        List<String> cells = new ArrayList<>(RIGHT.stream().map(name -> NOTHING).toList());
        cells.set(RIGHT.indexOf("samples × calls"), "counts only: " + line.countsInWords());
        return cells;
    }

    /** Nothing can be faster than the roof; whatever is has been measured wrongly. */
    private static String roof(double part, String name) {
        String format = part < 0.1 ? "%.1f of %s" : "%.0f of %s";
        return String.format(Locale.ROOT, format, 100 * part, name) + (part > 1 ? " WRONG: above it" : "");
    }

    /** The end: how we stand, roofs, and what was asked for and is not there. */
    public void end(BenchmarkRecord record) {
        new StandingTable(Contender.SARDONYX.toString(), this::row, out::println).print(record.measurements());
        if (!record.roofs().isEmpty()) {
            out.println();
            row(List.of("roof", "device", "threads", "best"));
            row(List.of(":--", ":--", "--:", "--:"));
            for (Roof roof : record.roofs()) {
                row(List.of(roof.name(), roof.device(), Integer.toString(roof.threads()), amount(roof)));
            }
        }
        if (!record.absences().isEmpty()) {
            out.println();
        }
        for (Absence absence : record.absences()) {
            out.println("missing: " + absence.what() + ": " + absence.why());
        }
        out.flush();
    }

    private static String amount(Roof roof) {
        return roof.unit().equals("s")
                ? number(roof.value() * 1e6) + " µs"
                : number(roof.value() / 1e9) + " G" + roof.unit();
    }

    private void row(List<String> cells) {
        out.println("| " + String.join(" | ", cells) + " |");
    }

    /** Four digits that count, without an exponent. */
    private static String number(double value) {
        if (value == 0) {
            return "0";
        }
        int digits = (int) Math.floor(Math.log10(Math.abs(value))) + 1;
        return String.format(Locale.ROOT, "%." + Math.max(0, Math.min(MOST_DIGITS, 4 - digits)) + "f", value);
    }
}
