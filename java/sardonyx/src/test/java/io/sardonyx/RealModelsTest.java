package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Devices;
import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.check.CaseResult;
import io.sardonyx.onnx.check.CaseResult.Status;
import io.sardonyx.onnx.check.Judge;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Real models against what ONNX Runtime gave, on the best device; and the suite's large models with constant weights. */
class RealModelsTest {
    /** Its values run from -45 to 273. */
    static final Map<String, Judge> LOOSENED = Map.of("candy", new Judge.Elementwise(1e-3, 0.05));

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
    Stream<DynamicTest> lightModels() {
        return LightModel.all().stream()
                .map(light -> DynamicTest.dynamicTest(light.name(), () -> light.run(builder -> builder)));
    }
}
