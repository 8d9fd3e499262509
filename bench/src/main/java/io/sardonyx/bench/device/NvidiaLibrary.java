package io.sardonyx.bench.device;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * cuBLAS, cuDNN or NCCL where this host has it, in a process of its own: a library that lacks a symbol ends its process. After a shape that it
 * failed at, the next one gets a new process. Where there is no such library, {@link #missing} says why, and nothing is timed.
 */
public final class NvidiaLibrary implements AutoCloseable {
    /** Processes that say nothing at all before the library counts as missing. */
    private static final int MOST_STARTS = 2;

    private static final int PATIENCE_SECONDS = 20;

    private final Class<? extends Rival> rivals;
    private final ProcessBuilder builder;
    private Optional<ContenderProcess> process = Optional.empty();
    private String missing;
    private String version = "";

    /** What became of one shape: times, or why there are none. */
    public record Answer(Optional<Samples> samples, String failure) {}

    /** @param command starts a process that {@link ContenderLoop} runs in */
    NvidiaLibrary(Class<? extends Rival> rivals, ProcessBuilder builder, String missing) {
        this.rivals = rivals;
        this.builder = builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        this.missing = missing;
        for (int i = 0; i < MOST_STARTS && this.missing.isEmpty() && process.isEmpty(); i++) {
            start();
        }
        if (missing.isEmpty() && process.isEmpty()) {
            this.missing = version;
            version = "";
        }
    }

    public static NvidiaLibrary cublas(Effort effort) {
        return find(Rival.Product.class, CublasContender.class, CudaLibraries.CUBLAS, effort, Map.of());
    }

    public static NvidiaLibrary cudnn(Effort effort) {
        return find(Rival.Convolution.class, CudnnContender.class, CudaLibraries.CUDNN, effort, Map.of());
    }

    /** Several ranks on one GPU are behind a switch; what NVSwitches add up is not there for them. */
    public static NvidiaLibrary nccl(Effort effort) {
        Map<String, String> variables = Map.of("NCCL_MULTI_RANK_GPU_ENABLE", "1", "NCCL_NVLS_ENABLE", "0");
        return find(Rival.AllReduce.class, NcclContender.class, CudaLibraries.NCCL, effort, variables);
    }

    private static NvidiaLibrary find(
            Class<? extends Rival> rivals,
            Class<?> main,
            CudaLibraries.Wanted wanted,
            Effort effort,
            Map<String, String> variables) {
        CudaLibraries.Found found = CudaLibraries.find(wanted);
        ProcessBuilder builder = new ProcessBuilder(command(main, effort));
        Map<String, String> environment = builder.environment();
        environment.putAll(variables);
        environment.put(
                "LD_LIBRARY_PATH",
                Stream.concat(
                                found.folders().stream().map(Object::toString),
                                Stream.ofNullable(environment.get("LD_LIBRARY_PATH")))
                        .collect(Collectors.joining(File.pathSeparator)));
        return new NvidiaLibrary(
                rivals,
                builder,
                found.missing().isEmpty()
                        ? ""
                        : "not found on this host: " + String.join(", ", found.missing())
                                + " (looked in LD_LIBRARY_PATH, CUDA_HOME, the loader's cache, Python's site-packages/nvidia)");
    }

    private static List<String> command(Class<?> main, Effort effort) {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("java.io.tmpdir") + "/sardonyx-javacpp",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                effort.words());
    }

    /** Why there is none; empty where there is. */
    public String missing() {
        return missing;
    }

    public String version() {
        return version;
    }

    /** Empty for what is not this library's, or where there is none. */
    public Optional<Answer> time(Workload workload) {
        return workload.rival().flatMap(this::time);
    }

    /** Empty for what is not this library's, or where there is none. */
    public Optional<Answer> time(Rival rival) {
        if (!rivals.isInstance(rival) || !missing.isEmpty()) {
            return Optional.empty();
        }
        if (process.isEmpty()) {
            start();
        }
        if (process.isEmpty()) {
            return Optional.of(new Answer(Optional.empty(), "its process does not start again"));
        }
        ContenderProcess.Line line = process.get().ask(rival.words());
        if (line.good()) {
            return Optional.of(new Answer(Optional.of(Samples.parse(line.rest())), ""));
        }
        close();
        return Optional.of(new Answer(Optional.empty(), line.rest()));
    }

    private void start() {
        try {
            ContenderProcess started = new ContenderProcess(builder.start(), PATIENCE_SECONDS);
            ContenderProcess.Line ready = started.hear();
            version = ready.rest();
            if (ready.good()) {
                process = Optional.of(started);
            } else {
                started.close();
            }
        } catch (IOException e) {
            version = "cannot be started: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        process.ifPresent(ContenderProcess::close);
        process = Optional.empty();
    }
}
