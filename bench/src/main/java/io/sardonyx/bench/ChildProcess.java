package io.sardonyx.bench;

import io.sardonyx.bench.collective.VerificationException;
import io.sardonyx.bench.contender.UnsupportedProblemException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The parent's end of a {@link Child}. While it is not asked anything it is stopped, so that none of its threads spins. */
public final class ChildProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;
    private static final List<String> THREADS = List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS");

    private final String name;
    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    ChildProcess(String name, List<String> jvmOptions) {
        this(name, jvmOptions, System.getProperty("java.class.path"));
    }

    /** Runs the contender {@code name} of that class path, which may be another build's. */
    public ChildProcess(String name, List<String> jvmOptions, String classPath) {
        this(name, jvmOptions, classPath, Map.of());
    }

    private ChildProcess(String name, List<String> jvmOptions, String classPath, Map<String, String> environment) {
        this.name = name;
        try {
            List<String> command = new ArrayList<>();
            command.add(System.getProperty("java.home") + "/bin/java");
            command.addAll(jvmOptions);
            command.addAll(List.of("-cp", classPath, Child.class.getName(), name));
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** In a JVM with this one's options; a library that asks its environment how many threads to use finds {@code threads} there. */
    public static ChildProcess of(String name, int threads) {
        List<String> options =
                new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
        options.add("-Dsardonyx.threads=" + threads);
        Map<String, String> environment = new TreeMap<>();
        THREADS.forEach(variable -> environment.put(variable, Integer.toString(threads)));
        return new ChildProcess(name, options, System.getProperty("java.class.path"), environment);
    }

    /**
     * One line of {@link Child}'s.
     *
     * @throws UnsupportedProblemException if the contender cannot do it, with its reason
     * @throws VerificationException if what it computed is wrong
     * @throws ChildFailedException if it fails, or the process ends instead
     */
    public String ask(Object... words) {
        String[] answer;
        try {
            signal("CONT");
            commands.println(
                    String.join("\t", Arrays.stream(words).map(Object::toString).toList()));
            String line = answers.readLine();
            if (line == null) {
                throw new ChildFailedException(name + " ended while it was asked " + Arrays.toString(words));
            }
            answer = line.split("\t", 2);
            signal("STOP");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return switch (answer[0]) {
            case Child.OK -> answer[1];
            case Child.ABSENT -> throw new UnsupportedProblemException(answer[1]);
            case Child.WRONG -> throw new VerificationException(answer[1]);
            default -> throw new ChildFailedException(name + ": " + answer[answer.length - 1]);
        };
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

    /** Ends it at once, even while it is stopped or computes. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        try {
            signal("CONT");
            commands.close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
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
