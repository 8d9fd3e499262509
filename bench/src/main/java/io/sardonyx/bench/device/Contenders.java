package io.sardonyx.bench.device;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * cuBLAS where this host has it, in a process of its own, {@link CublasContender}: a library that lacks a symbol ends its process.
 * Where there is none, {@link #missing} says why, and nothing is timed.
 */
public final class Contenders implements AutoCloseable {
    private static final String READY = "ready ";
    private static final String OK = "ok ";

    private final Optional<Process> process;
    private final BufferedReader answers;
    private final PrintWriter questions;
    private String missing;
    private String version = "";

    private Contenders(Process process) {
        this.process = Optional.of(process);
        missing = "";
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        questions = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    private Contenders(String missing) {
        this.process = Optional.empty();
        this.missing = missing;
        answers = new BufferedReader(BufferedReader.nullReader());
        questions = new PrintWriter(PrintWriter.nullWriter());
    }

    public static Contenders find(Effort effort) {
        CudaLibraries.Found found = CudaLibraries.find();
        if (!found.missing().isEmpty()) {
            return new Contenders("not found on this host: " + String.join(", ", found.missing())
                    + " (looked in LD_LIBRARY_PATH, CUDA_HOME, the loader's cache, Python's site-packages/nvidia)");
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(command(effort)).redirectError(ProcessBuilder.Redirect.INHERIT);
            Map<String, String> environment = builder.environment();
            environment.put(
                    "LD_LIBRARY_PATH",
                    Stream.concat(
                                    found.folders().stream().map(Object::toString),
                                    Stream.ofNullable(environment.get("LD_LIBRARY_PATH")))
                            .collect(Collectors.joining(File.pathSeparator)));
            Contenders contenders = new Contenders(builder.start());
            contenders.version = contenders.answer(READY).orElse("");
            return contenders;
        } catch (IOException e) {
            return new Contenders("cannot be started: " + e.getMessage());
        }
    }

    private static List<String> command(Effort effort) {
        return new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("java.io.tmpdir") + "/sardonyx-javacpp",
                "-cp",
                System.getProperty("java.class.path"),
                CublasContender.class.getName(),
                Long.toString(effort.rotatedBytes()),
                Double.toString(effort.batchMicroseconds()),
                Double.toString(effort.warmSeconds()),
                Integer.toString(effort.samples())));
    }

    /** Why there is no cuBLAS, or no longer one; empty while there is. */
    public String missing() {
        return missing;
    }

    public String version() {
        return version;
    }

    /** Empty for what is no product, or where there is no cuBLAS. */
    public Optional<Samples> time(Workload workload) {
        if (workload.product().isEmpty() || !missing.isEmpty()) {
            return Optional.empty();
        }
        Workload.Product p = workload.product().get();
        questions.println(p.dtype().name() + " " + p.m() + " " + p.n() + " " + p.k());
        return answer(OK).map(Samples::parse);
    }

    /** The rest of the next line, if it begins so; a process that ended, or that cannot do this, is missing from then on. */
    private Optional<String> answer(String beginning) {
        try {
            String line = answers.readLine();
            if (line != null && line.startsWith(beginning)) {
                return Optional.of(line.substring(beginning.length()));
            }
            missing = line == null ? "its process has ended" : line;
        } catch (IOException e) {
            missing = e.getMessage();
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        process.ifPresent(Process::destroyForcibly);
    }
}
