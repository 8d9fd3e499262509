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
    /**
     * Its values run from -45 to 273, and its InstanceNormalizations over up to 640,000 elements make much of the rounding of sums: against
     * float64 the stored output is off by up to 1.02, the CPU's kernels by up to 1.01, mostly where the stored output is (the two differ by
     * up to 0.02), and the GPU's, which add in trees, by up to 0.19.
     */
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
    Stream<DynamicTest> lightModels() {
        return LightModel.all().stream()
                .map(light -> DynamicTest.dynamicTest(light.name(), () -> light.run(builder -> builder)));
    }
}
