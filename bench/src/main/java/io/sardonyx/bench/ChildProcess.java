package io.sardonyx.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The parent's end of a {@link Child}. While it is not asked anything it is stopped, so that none of its threads spins. */
public final class ChildProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    ChildProcess(String name, List<String> jvmOptions) {
        this(name, jvmOptions, System.getProperty("java.class.path"));
    }

    /** Runs the contender {@code name} of that class path, which may be another build's. */
    public ChildProcess(String name, List<String> jvmOptions, String classPath) {
        this.name = name;
        try {
            var command = new java.util.ArrayList<String>();
            command.add(System.getProperty("java.home") + "/bin/java");
            command.addAll(jvmOptions);
            command.addAll(List.of("-cp", classPath, Child.class.getName(), name));
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * One line of {@link Child}'s.
     *
     * @throws IllegalStateException if the process ends instead
     */
    public String ask(Object... words) {
        try {
            signal("CONT");
            commands.println(
                    String.join("\t", Arrays.stream(words).map(Object::toString).toList()));
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException(name + " ended while it was asked " + Arrays.toString(words));
            }
            signal("STOP");
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #ask}, where the answer is numbers. */
    public double[] askNumbers(Object... words) {
        return Arrays.stream(ask(words).trim().split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private void signal(String signal) throws IOException {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            signal("CONT");
            commands.close();
            if (!process.waitFor(10, java.util.concurrent.TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
