package io.sardonyx.cli;

import static io.sardonyx.cli.CommandLineRun.execute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of MiniLM as a file of a few hundred KB. */
class StripCommandTest {
    @Test
    void everyDeviceAnswersAlikeToAModelWithoutItsWeights(@TempDir Path folder) throws IOException {
        Path model = folder.resolve("model.onnx");
        Path light = folder.resolve("light.onnx");
        try (InputStream in = StripCommandTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            Files.copy(in, model);
        }
        String said = execute(0, "strip", model, light);
        assertTrue(said.contains("39 weights of 90,725,376 bytes"), said);
        assertTrue(Files.size(light) < 400_000, Files.size(light) + " bytes");
        HostTensor expected = run(light, Devices.get("reference"));
        for (Device device : Devices.all()) {
            assertEquals(
                    Optional.empty(),
                    new Judge.Elementwise(1e-3, 1e-4).judge(run(light, device), expected),
                    device.name());
        }
    }

    private static HostTensor run(Path file, Device device) {
        try (Model model = Model.builder(file).device(device).load()) {
            Map<String, HostTensor> inputs = new HashMap<>();
            for (ValueInfo input : model.inputs()) {
                boolean tokens = input.name().equals("input_ids");
                inputs.put(
                        input.name(),
                        HostTensor.of(Shape.of(1, 3), tokens ? new long[] {101, 7592, 102} : new long[] {1, 1, 1}));
            }
            try (Outputs outputs = model.run(inputs)) {
                return (HostTensor) outputs.toHost().values().iterator().next();
            }
        }
    }

    @Test
    void aModelIsNotOverwrittenWithItsShadow(@TempDir Path folder) throws IOException {
        Path model = Files.write(folder.resolve("model.onnx"), new byte[] {1, 2, 3});
        assertTrue(execute(1, "strip", model, model).contains("whose weights would be lost"));
        assertTrue(execute(1, "strip", folder.resolve("none"), model).contains("there is no file"));
        assertEquals(3, Files.size(model));
    }
}
