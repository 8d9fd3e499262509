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
    SARDONYX(SardonyxLibrary::new),
    /** ONNX Runtime on the CPU. */
    ONNXRUNTIME(OnnxRuntimeLibrary::new),
    /** OpenBLAS, for products. */
    OPENBLAS(OpenBlasLibrary::new),
    /** oneDNN. */
    ONEDNN(OneDnnLibrary::new),
    /** PyTorch on the CPU, in a Python that has it. */
    PYTORCH(PyTorchLibrary::new),
    /** cuBLAS, for products. */
    CUBLAS(() -> new MissingLibrary("runs on GPUs alone; add --device cuda:0")),
    /** cuDNN, for convolutions. */
    CUDNN(() -> new MissingLibrary("runs on GPUs alone; add --device cuda:0")),
    /** NCCL, which is `bench allreduce --engine nccl`. */
    NCCL(() -> new MissingLibrary("moves data between GPUs; see `bench allreduce --engine nccl`")),
    /** The ladder of kernels in {@code kernels/lab}. */
    LAB(() -> new MissingLibrary("is a test of the native build, which no device lists"));

    private final Supplier<Library> library;

    Contender(Supplier<Library> library) {
        this.library = library;
    }

    /** A new adapter, which has loaded nothing yet. */
    public Library library() {
        return library.get();
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
