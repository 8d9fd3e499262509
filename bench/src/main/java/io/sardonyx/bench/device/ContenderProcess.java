package io.sardonyx.bench.device;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process that answers a line with a line; see {@link ContenderLoop}. */
final class ContenderProcess implements AutoCloseable {
    /** Begins a line that has what was asked for; another one says why not. */
    static final String OK = "ok ";

    /** After so long it is taken for one that never answers. */
    private static final int PATIENCE_SECONDS = 20;

    private final Process process;
    private final PrintWriter questions;
    private final BlockingQueue<Line> answers = new LinkedBlockingQueue<>();

    /** @param rest what is behind {@link #OK}, or why there is nothing */
    record Line(boolean good, String rest) {}

    ContenderProcess(Process process) {
        this.process = process;
        questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "contender-reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            in.lines()
                    .forEach(line -> answers.add(
                            line.startsWith(OK) ? new Line(true, line.substring(OK.length())) : new Line(false, line)));
        } catch (IOException | UncheckedIOException e) {
            answers.add(new Line(false, "reading from its process: " + e.getMessage()));
        }
        answers.add(new Line(false, "its process has ended"));
    }

    Line ask(String question) {
        questions.println(question);
        return hear();
    }

    Line hear() {
        try {
            Line line = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return line != null ? line : new Line(false, "no answer within " + PATIENCE_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Line(false, "interrupted");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
