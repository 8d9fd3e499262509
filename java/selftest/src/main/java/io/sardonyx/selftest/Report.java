package io.sardonyx.selftest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What one step found: a line on the terminal for each failure and every few seconds, and STEP.jsonl, an object a line, written as soon
 * as there is something to write, so that a run that is killed leaves what it did. The first line says where this was measured.
 */
final class Report implements AutoCloseable {
    private static final long LINE_EVERY = TimeUnit.SECONDS.toNanos(5);

    private final Step step;
    private final PrintWriter terminal;
    private final Optional<PrintWriter> file;
    private final Optional<PrintWriter> log;
    private final Provenance provenance;
    private final long start = System.nanoTime();
    private final Map<Outcome.Status, Integer> counts = new EnumMap<>(Outcome.Status.class);
    private final List<String> failures = new ArrayList<>();
    private String current = "";
    private long lastLine = start;
    private boolean complete;
    private String stopped = "";

    Report(Step step, Optional<Path> folder, Provenance provenance, PrintWriter terminal) {
        this.step = step;
        this.provenance = provenance;
        this.terminal = terminal;
        file = folder.map(f -> open(f.resolve(step.key() + ".jsonl")));
        log = folder.map(f -> open(f.resolve(step.key() + ".log")));
    }

    private static PrintWriter open(Path file) {
        try {
            return new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a step came to, for selftest.json. */
    record Summary(
            String step,
            boolean complete,
            String stopped,
            double seconds,
            Map<Outcome.Status, Integer> counts,
            List<String> failures) {
        boolean good() {
            return complete && failures.isEmpty();
        }

        @Override
        public String toString() {
            return String.format(
                    java.util.Locale.ROOT,
                    "%-10s %s in %.0f s: %d passed, %d failed, %d without a kernel, %d left out%s",
                    step,
                    good() ? "ok" : "FAILED",
                    seconds,
                    counts.getOrDefault(Outcome.Status.PASS, 0),
                    counts.getOrDefault(Outcome.Status.FAIL, 0),
                    counts.getOrDefault(Outcome.Status.NO_KERNEL, 0),
                    counts.getOrDefault(Outcome.Status.LEFT_OUT, 0),
                    stopped.isEmpty() ? "" : "; stopped: " + stopped);
        }
    }

    /** The step's process has its device; with the first of them the file begins. */
    void device(JsonElement device) {
        if (provenance.device(device)) {
            terminal.println(
                    "           on " + device.getAsJsonObject().get("name").getAsString() + ": "
                            + device.getAsJsonObject().get("description").getAsString());
            terminal.flush();
        }
        if (counts.isEmpty()) {
            write(provenance.of(step));
        }
    }

    void begun(String name) {
        current = name;
        if (System.nanoTime() - lastLine > LINE_EVERY) {
            line();
        }
    }

    void add(JsonObject outcome) {
        Outcome.Status status = Outcome.Status.valueOf(outcome.get("status").getAsString());
        counts.merge(status, 1, Integer::sum);
        write(outcome);
        String name = outcome.get("name").getAsString();
        if (status == Outcome.Status.FAIL) {
            failures.add(name);
            terminal.println(
                    "FAIL       " + name + ": " + outcome.get("message").getAsString());
            terminal.flush();
        } else if (step.isTable()) {
            terminal.println("           " + TimingRow.line(outcome));
            terminal.flush();
        }
    }

    private void line() {
        lastLine = System.nanoTime();
        int done = counts.values().stream().mapToInt(Integer::intValue).sum();
        terminal.printf("%-10s %d done, %d failed; %s%n", step.key(), done, failures.size(), current);
        terminal.flush();
    }

    /** Something that a process said. */
    void log(String line) {
        log.ifPresent(writer -> writer.println(line));
    }

    void complete() {
        complete = true;
    }

    /** The step ends before its last case. */
    void stopped(String why) {
        stopped = why;
        log(why);
    }

    private void write(Object value) {
        file.ifPresent(writer -> writer.println(Worker.JSON.toJson(value)));
    }

    Summary summary() {
        return new Summary(
                step.key(),
                complete,
                stopped,
                (System.nanoTime() - start) / 1e9,
                Map.copyOf(counts),
                List.copyOf(failures));
    }

    @Override
    public void close() {
        file.ifPresent(PrintWriter::close);
        log.ifPresent(PrintWriter::close);
    }
}
