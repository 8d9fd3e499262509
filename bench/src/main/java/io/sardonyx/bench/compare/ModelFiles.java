package io.sardonyx.bench.compare;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Npy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Models and inputs as temporary files, for child processes to read; closing deletes them. */
public final class ModelFiles implements AutoCloseable {
    private final List<Path> files = new ArrayList<>();

    /** A product and its operands, for a JVM with that class path. */
    public Side write(Product product, String classPath) throws IOException {
        return new Side(classPath, Files.write(file(".onnx"), product.model()), write(product.operands()));
    }

    /** Inputs by name, as an {@code .npz} file. */
    public Path write(Map<String, HostTensor> inputs) throws IOException {
        Path file = file(".npz");
        Npy.writeAll(file, inputs);
        return file;
    }

    private Path file(String suffix) throws IOException {
        Path file = Files.createTempFile("sardonyx-bench-", suffix);
        files.add(file);
        return file;
    }

    @Override
    public void close() {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
