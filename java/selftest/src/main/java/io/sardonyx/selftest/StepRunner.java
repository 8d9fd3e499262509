package io.sardonyx.selftest;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Runs a step in a process, and in another one behind a case that ended it, took its device or never ended itself; that case has
 * failed then.
 */
final class StepRunner {
    /** What a reader puts behind the last line. */
    private static final String ENDED = "@ended";

    private static final int LAST_WORDS = 12;

    private final IntFunction<List<String>> command;
    private final int limitSeconds;
    private final int caseSeconds;
    private final Report report;
    private final long deadline;
    private int begun;

    /**
     * @param command how to start a {@link Worker} that leaves so many cases out, because they are done
     * @param caseSeconds after so long a case is taken for one that never ends
     */
    StepRunner(IntFunction<List<String>> command, int limitSeconds, int caseSeconds, Report report) {
        this.command = command;
        this.limitSeconds = limitSeconds;
        this.caseSeconds = caseSeconds;
        this.report = report;
        deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
    }

    void run() {
        boolean more = true;
        while (more) {
            int before = begun;
            try (Child child = new Child()) {
                more = follow(child) && begun > before; // a process that begins nothing will not do better again
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                more = false;
            }
        }
    }

    /** Whether there may be cases behind the one that this process ended with. */
    private boolean follow(Child child) throws InterruptedException {
        List<String> lastWords = new ArrayList<>();
        Optional<String> current = Optional.empty();
        boolean done = false;
        while (true) {
            long patience = Math.min(
                    deadline - System.nanoTime(),
                    current.isPresent() ? TimeUnit.SECONDS.toNanos(caseSeconds) : Long.MAX_VALUE);
            String line = child.lines.poll(patience, TimeUnit.NANOSECONDS);
            if (line == null) {
                return gaveUp(current);
            } else if (line.startsWith(Worker.DEVICE)) {
                report.device(JsonParser.parseString(line.substring(Worker.DEVICE.length())));
            } else if (line.startsWith(Worker.BEGIN)) {
                begun++;
                current = Optional.of(Worker.JSON.fromJson(line.substring(Worker.BEGIN.length()), String.class));
                report.begun(current.get());
            } else if (line.startsWith(Worker.END)) {
                report.add(JsonParser.parseString(line.substring(Worker.END.length()))
                        .getAsJsonObject());
                current = Optional.empty();
            } else if (line.equals(Worker.DONE)) {
                done = true;
            } else if (line.equals(ENDED) && done) {
                return completed(child.process.waitFor(), lastWords);
            } else if (line.equals(ENDED)) {
                return ended(child.process.waitFor(), current, lastWords);
            } else {
                report.log(line);
                lastWords.add(line);
                if (lastWords.size() > LAST_WORDS) {
                    lastWords.remove(0);
                }
            }
        }
    }

    /** The last case is done; a sanitizer's findings are in the status that the process ends with. */
    private boolean completed(int status, List<String> lastWords) {
        report.complete();
        if (status != 0) {
            add(Outcome.fail("end of the process", "status " + status + ": " + String.join("\n", lastWords)));
        }
        return false;
    }

    /** The process did not answer in time. */
    private boolean gaveUp(Optional<String> current) {
        if (System.nanoTime() >= deadline) {
            report.stopped("the step's limit of " + limitSeconds + " s has passed"
                    + current.map(name -> " in " + name).orElse(""));
            return false;
        }
        add(Outcome.fail(current.orElseThrow(), "no answer within " + caseSeconds + " s; its process was ended"));
        return true;
    }

    private boolean ended(int status, Optional<String> current, List<String> lastWords) {
        if (status == Worker.LOST) {
            report.log("the device was lost; going on in another process");
            return true;
        }
        String message = "its process ended with status " + status
                + (lastWords.isEmpty() ? "" : ": " + String.join("\n", lastWords));
        if (current.isPresent()) {
            add(Outcome.fail(current.get(), message));
            return true;
        }
        report.stopped(message);
        return begun > 0;
    }

    private void add(Outcome outcome) {
        report.add((JsonObject) Worker.JSON.toJsonTree(outcome));
    }

    /** A worker and its lines. */
    private final class Child implements AutoCloseable {
        private final Process process;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        Child() {
            try {
                process = new ProcessBuilder(command.apply(begun))
                        .redirectErrorStream(true)
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Thread reader = new Thread(this::read, "selftest-reader");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                in.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                lines.add("reading from the process: " + e.getMessage());
            }
            lines.add(ENDED);
        }

        /** Ends it, and what it has started. */
        @Override
        public void close() throws InterruptedException {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }
}
