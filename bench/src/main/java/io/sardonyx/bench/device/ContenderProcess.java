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

/** A process that answers a line with a line, as {@link ContenderLoop} does. */
public final class ContenderProcess implements AutoCloseable {
    /** Begins a line that has what was asked for; another one says why not. */
    static final String OK = "ok ";

    private final Process process;
    private final int patienceSeconds;
    private final PrintWriter questions;
    private final BlockingQueue<Line> answers = new LinkedBlockingQueue<>();

    /** @param rest what is behind {@link #OK}, or why there is nothing */
    public record Line(boolean good, String rest) {}

    /** @param patienceSeconds after which it is taken for one that never answers */
    public ContenderProcess(Process process, int patienceSeconds) {
        this.process = process;
        this.patienceSeconds = patienceSeconds;
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

    /** The answer to a line. */
    public Line ask(String question) {
        questions.println(question);
        return hear();
    }

    /** The next line that it says of its own accord. */
    public Line hear() {
        try {
            Line line = answers.poll(patienceSeconds, TimeUnit.SECONDS);
            return line != null ? line : new Line(false, "no answer within " + patienceSeconds + " s");
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
