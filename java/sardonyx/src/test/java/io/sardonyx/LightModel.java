package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.onnx.read.TensorFiles;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A large model with constant weights, of the ONNX backend suite. */
record LightModel(Path file) {
    static List<LightModel> all() {
        try {
            Optional<Path> suite = TestMaterial.backendSuite();
            assumeTrue(
                    suite.isPresent(),
                    "skipped: the ONNX backend suite is neither at -Dsardonyx.testdata nor installed");
            try (Stream<Path> files = Files.list(suite.get().resolve("light"))) {
                return files.filter(f -> f.toString().endsWith(".onnx"))
                        .sorted()
                        .map(LightModel::new)
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return file.getFileName().toString();
    }

    /** The input is {@code arange(n) / n}. */
    void run(UnaryOperator<ModelBuilder> configure) {
        try (Model model = configure.apply(Model.builder(file)).load()) {
            Shape shape = Shape.of(1, 3, 224, 224);
            float[] values = new float[(int) shape.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) i / values.length;
            }
            HostTensor expected = (HostTensor) TensorFiles.read(
                            file.resolveSibling(name().replace(".onnx", "_output_0.pb")),
                            model.outputs().get(0).type())
                    .value();
            try (Outputs outputs = model.run(Map.of(model.inputs().get(0).name(), HostTensor.of(shape, values)))) {
                assertEquals(
                        Optional.empty(),
                        new Judge.Elementwise(1e-3, 1e-7).judge(outputs.get(0).toHost(), expected));
            }
        }
    }
}
