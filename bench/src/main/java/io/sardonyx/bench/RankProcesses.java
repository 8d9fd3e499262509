package io.sardonyx.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;

/** Processes of one group on this machine, a rank each, started as a launcher would: with {@code RANK}, {@code WORLD_SIZE} and where to meet. */
public final class RankProcesses implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();

    /** @param command of each rank */
    public RankProcesses(int ranks, IntFunction<List<String>> command) {
        try {
            String port = freePort();
            for (int rank = 0; rank < ranks; rank++) {
                ProcessBuilder builder =
                        new ProcessBuilder(command.apply(rank)).redirectError(ProcessBuilder.Redirect.INHERIT);
                builder.environment()
                        .putAll(Map.of(
                                "RANK",
                                "" + rank,
                                "WORLD_SIZE",
                                "" + ranks,
                                "MASTER_ADDR",
                                "127.0.0.1",
                                "MASTER_PORT",
                                port));
                processes.add(builder.start());
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /** Not one that the system gives to connections: any of these might have it by the time a rank listens at it. */
    private static String freePort() throws IOException {
        while (true) {
            try (ServerSocket free =
                    new ServerSocket(ThreadLocalRandom.current().nextInt(20_000, 32_000))) {
                return "" + free.getLocalPort();
            } catch (BindException e) {
                continue; // another one
            }
        }
    }

    /** A command that runs {@code main} in a JVM like this one. */
    public static List<String> java(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** To every rank. */
    public void tell(String line) {
        try {
            for (Process process : processes) {
                Writer writer = process.outputWriter();
                writer.write(line + "\n");
                writer.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A line of each, by rank; of one that has ended, {@code otherwise}. */
    public List<String> hear(String otherwise) {
        try {
            List<String> lines = new ArrayList<>();
            for (Process process : processes) {
                BufferedReader reader = process.inputReader();
                String line = reader.readLine();
                lines.add(line == null ? otherwise : line);
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
