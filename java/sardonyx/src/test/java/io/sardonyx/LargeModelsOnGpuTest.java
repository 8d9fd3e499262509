package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Device;
import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.check.CaseResult;
import io.sardonyx.onnx.check.CaseResult.Status;
import io.sardonyx.onnx.check.Judge;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** What takes the simulated GPU too long for every build; {@code -Psimulated} runs it. */
@Tag("large")
class LargeModelsOnGpuTest {
    /** What is stored is off from float64 by up to 1.02, a GPU's output by less: {@link RealModelsTest} says why. */
    private static final Map<String, Judge> LOOSENED = Map.of("candy", new Judge.Elementwise(1e-3, 1.1));

    /** With their stored inputs. */
    @TestFactory
    Stream<DynamicTest> models() {
        Optional<Path> models = TestMaterial.find("models");
        assumeTrue(models.isPresent(), "skipped: there are no models at -Dsardonyx.testdata");
        return SimulatedModelsTest.gpus().stream().flatMap(gpu -> CaseFolder.below(models.get()).stream()
                .filter(c -> !SimulatedModelsTest.QUICK.contains(c.name()))
                .map(c -> DynamicTest.dynamicTest(gpu.name() + ": " + c.name(), () -> run(c, gpu))));
    }

    private static void run(CaseFolder folder, Device gpu) {
        for (CaseResult result :
                folder.run(builder -> builder.require(gpu), Optional.ofNullable(LOOSENED.get(folder.name())))) {
            assertEquals(Status.PASS, result.status(), result.toString());
        }
    }

    @TestFactory
    Stream<DynamicTest> lightModels() {
        return SimulatedModelsTest.gpus().stream().flatMap(gpu -> LightModel.all().stream()
                .map(light -> DynamicTest.dynamicTest(
                        gpu.name() + ": " + light.name(), () -> light.run(builder -> builder.require(gpu)))));
    }
}
