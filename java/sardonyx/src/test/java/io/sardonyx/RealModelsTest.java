package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.check.CaseResult;
import io.sardonyx.onnx.check.CaseResult.Status;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.onnx.read.TensorFiles;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Real models against what ONNX Runtime gave, on the best device; and the suite's large models with constant weights. */
class RealModelsTest {
    /** Its values run from -45 to 273. */
    private static final Map<String, Judge> LOOSENED = Map.of("candy", new Judge.Elementwise(1e-3, 0.05));

    @TestFactory
    Stream<DynamicTest> models() {
        Optional<Path> models = TestMaterial.find("models");
        assumeTrue(models.isPresent(), "skipped: there are no models at -Dsardonyx.testdata");
        return CaseFolder.below(models.get()).stream()
                .map(c -> DynamicTest.dynamicTest(c.name(), () -> {
                    for (CaseResult result : c.run(
                            builder -> builder.device(Devices.best()), Optional.ofNullable(LOOSENED.get(c.name())))) {
                        assertEquals(Status.PASS, result.status(), result.toString());
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> lightModels() throws IOException {
        Optional<Path> suite = TestMaterial.backendSuite();
        assumeTrue(
                suite.isPresent(), "skipped: the ONNX backend suite is neither at -Dsardonyx.testdata nor installed");
        List<Path> models;
        try (Stream<Path> files = Files.list(suite.get().resolve("light"))) {
            models = files.filter(f -> f.toString().endsWith(".onnx")).sorted().toList();
        }
        return models.stream()
                .map(model -> DynamicTest.dynamicTest(model.getFileName().toString(), () -> light(model)));
    }

    /** The input is {@code arange(n) / n}. */
    private static void light(Path file) {
        try (Model model = Model.load(file)) {
            Shape shape = Shape.of(1, 3, 224, 224);
            float[] values = new float[(int) shape.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) i / values.length;
            }
            String name = file.getFileName().toString().replace(".onnx", "_output_0.pb");
            HostTensor expected = (HostTensor) TensorFiles.read(
                            file.resolveSibling(name), model.outputs().get(0).type())
                    .value();
            try (Outputs outputs = model.run(Map.of(model.inputs().get(0).name(), HostTensor.of(shape, values)))) {
                assertEquals(
                        Optional.empty(),
                        new Judge.Elementwise(1e-3, 1e-7).judge(outputs.get(0).toHost(), expected));
            }
        }
    }
}
