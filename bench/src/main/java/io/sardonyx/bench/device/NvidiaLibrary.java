package io.sardonyx.bench.device;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
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

    /** What became of one shape that is to be timed again and again: a batch, or why there is none. */
    public record Opened(Optional<Batch> batch, String failure) {}

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

    /** @param gpu the number of the GPU, as in {@code cuda:0} */
    public static NvidiaLibrary cublas(Effort effort, int gpu) {
        return find(Rival.Product.class, CublasContender.class, CudaLibraries.CUBLAS, effort, gpu, Map.of());
    }

    /** @param gpu the number of the GPU, as in {@code cuda:0} */
    public static NvidiaLibrary cudnn(Effort effort, int gpu) {
        return find(Rival.Convolution.class, CudnnContender.class, CudaLibraries.CUDNN, effort, gpu, Map.of());
    }

    /** Several ranks on one GPU are behind a switch; what NVSwitches add up is not there for them. */
    public static NvidiaLibrary nccl(Effort effort) {
        Map<String, String> variables = Map.of("NCCL_MULTI_RANK_GPU_ENABLE", "1", "NCCL_NVLS_ENABLE", "0");
        return find(Rival.AllReduce.class, NcclContender.class, CudaLibraries.NCCL, effort, 0, variables);
    }

    private static NvidiaLibrary find(
            Class<? extends Rival> rivals,
            Class<?> main,
            CudaLibraries.Wanted wanted,
            Effort effort,
            int gpu,
            Map<String, String> variables) {
        CudaLibraries.Found found = CudaLibraries.find(wanted);
        ProcessBuilder builder = new ProcessBuilder(command(main, effort, gpu));
        Map<String, String> environment = builder.environment();
        environment.putAll(variables);
        environment.put(
                "LD_LIBRARY_PATH",
                Stream.concat(
                                found.folders().stream().map(Object::toString),
                                Stream.ofNullable(environment.get("LD_LIBRARY_PATH")))
                        .collect(Collectors.joining(File.pathSeparator)));
        return new NvidiaLibrary(rivals, builder, found.whyMissing());
    }

    private static List<String> command(Class<?> main, Effort effort, int gpu) {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("java.io.tmpdir") + "/sardonyx-javacpp",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                effort.words(),
                Integer.toString(gpu));
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
        return ask("time", rival)
                .map(line -> line.good()
                        ? new Answer(Optional.of(Samples.parse(line.rest())), "")
                        : new Answer(Optional.empty(), line.rest()));
    }

    /**
     * Makes a shape ready in its process, which sleeps whenever it is not asked for a sample; another one opens when this one is closed.
     * The batch throws {@link LibraryFailedException} if the library fails later on. Empty for what is not this library's, or where
     * there is none.
     */
    public Optional<Opened> open(Rival rival) {
        return ask("open", rival)
                .map(line -> line.good()
                        ? new Opened(Optional.of(batch(Integer.parseInt(line.rest()))), "")
                        : new Opened(Optional.empty(), line.rest()));
    }

    private Batch batch(int launches) {
        ContenderProcess opened = process.orElseThrow();
        DoubleSupplier sample = () -> {
            ContenderProcess.Line line = opened.ask("sample");
            if (!line.good()) {
                close();
                throw new LibraryFailedException(line.rest());
            }
            return launches * Double.parseDouble(line.rest());
        };
        return new Batch(launches, sample, () -> {
            if (process.filter(opened::equals).isPresent()
                    && !opened.ask("close").good()) {
                close();
            }
        });
    }

    /** Empty for what is not this library's, or where there is none. Behind a failure the next line gets a new process. */
    private Optional<ContenderProcess.Line> ask(String command, Rival rival) {
        if (!rivals.isInstance(rival) || !missing.isEmpty()) {
            return Optional.empty();
        }
        if (process.isEmpty()) {
            start();
        }
        if (process.isEmpty()) {
            return Optional.of(new ContenderProcess.Line(false, "its process does not start again"));
        }
        ContenderProcess.Line line = process.get().ask(command + " " + rival.words());
        if (!line.good()) {
            close();
        }
        return Optional.of(line);
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
