package io.sardonyx.bench.compare;

import io.sardonyx.bench.define.MadeInputs;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What builds do to be compared. */
public sealed interface Work extends AutoCloseable {
    /** Of all data. */
    long SEED = 1;

    /** What tells a child to prepare it. */
    Object[] opening(int threads);

    @Override
    default void close() throws IOException {}

    /** One operation. */
    record Single(Problem problem) implements Work {
        @Override
        public Object[] opening(int threads) {
            return new Object[] {"open", problem, SEED, threads};
        }

        @Override
        public String toString() {
            return problem.toString();
        }
    }

    /** A model, and a file of its inputs that closing deletes. */
    record OfModel(Path file, Path inputs) implements Work {
        /** Makes up the inputs; {@code sizes} are of symbolic dimensions, 1 where none is given. */
        public static OfModel of(Path file, Map<String, Long> sizes) throws IOException {
            MadeInputs made = new MadeInputs(sizes, SEED);
            Map<String, HostTensor> tensors = new LinkedHashMap<>();
            for (ValueInfo input : Model.inspect(file).inputs()) {
                tensors.put(input.name(), made.make(input));
            }
            Path inputs = Files.createTempFile("sardonyx-bench-", ".npz");
            Npy.writeAll(inputs, tensors);
            return new OfModel(file, inputs);
        }

        @Override
        public Object[] opening(int threads) {
            return new Object[] {"load", file, threads, inputs};
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(inputs);
        }

        @Override
        public String toString() {
            return file.getFileName().toString();
        }
    }
}
