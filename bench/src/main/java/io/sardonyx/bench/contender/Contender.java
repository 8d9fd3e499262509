package io.sardonyx.bench.contender;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Who computes. Each has its {@link Library}, which is where adapters plug in. Those that run on a GPU alone are timed by its events,
 * shape by shape, by {@link io.sardonyx.bench.device.NvidiaLibrary}.
 */
public enum Contender {
    /** Ourselves, on the device that was asked for. */
    SARDONYX(() -> new SardonyxLibrary()),
    /** ONNX Runtime on the CPU. */
    ONNXRUNTIME(() -> new OnnxRuntimeLibrary()),
    /** OpenBLAS, for products. */
    OPENBLAS(() -> new OpenBlasLibrary()),
    /** oneDNN. */
    ONEDNN(() -> new OneDnnLibrary()),
    /** PyTorch on the CPU, in a Python that has it. */
    PYTORCH(() -> new PyTorchLibrary()),
    /** cuBLAS, for products. */
    CUBLAS(() -> new MissingLibrary("runs on GPUs alone; add --device cuda:0")),
    /** cuDNN, for convolutions. */
    CUDNN(() -> new MissingLibrary("runs on GPUs alone; add --device cuda:0")),
    /** NCCL, which is `bench allreduce --engine nccl`. */
    NCCL(() -> new MissingLibrary("moves data between GPUs; see `bench allreduce --engine nccl`")),
    /** The ladder of kernels in {@code kernels/cuda/lab/matmul}, each step a line of its own: {@code lab:naive}. */
    LAB(() -> new MissingLibrary(
            "runs on GPUs alone; add --device sim:0, which counts, or cuda:0 with natives built with -DSX_LAB=ON"));

    private final Supplier<Library> library;

    Contender(Supplier<Library> library) {
        this.library = library;
    }

    /** A new adapter, which has loaded nothing yet; without its jars, one that says so. */
    public Library library() {
        try {
            return library.get();
        } catch (LinkageError e) { // a method reference in place of a lambda above would already have thrown it there
            return new MissingLibrary("its jars are not on the class path (no " + e.getMessage()
                    + "); add those that the pom of sardonyx-bench names");
        }
    }

    /** Whether it is one of those that are measured on a GPU alone, by its events. */
    public boolean isForGpus() {
        return this == CUBLAS || this == CUDNN || this == LAB;
    }

    /** The one that {@link #toString} prints so. */
    public static Contender of(String name) {
        return Arrays.stream(values())
                .filter(c -> c.toString().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("--against " + name + ": there is no such contender; there are "
                                + Arrays.stream(values())
                                        .filter(c -> c != SARDONYX)
                                        .map(Contender::toString)
                                        .collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
