package io.sardonyx.cli;

import static io.sardonyx.cli.CommandLineRun.execute;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One run of a model, and what it says of it. */
class RunCommandTest {
    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void strip() throws IOException {
        Path whole = folder.resolve("whole.onnx");
        model = folder.resolve("model.onnx");
        try (InputStream in = RunCommandTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            Files.copy(in, whole);
        }
        execute(0, "strip", whole, model);
    }

    private List<String> run(String... options) {
        List<Object> arguments =
                new ArrayList<>(List.of("run", model, "--dim", "batch_size=1", "--dim", "sequence_length=5"));
        arguments.addAll(List.of(options));
        return execute(0, arguments.toArray()).lines().toList();
    }

    @Test
    void thePlanNamesTheKernelOfEveryNode() {
        for (Device device : Devices.all()) {
            List<String> lines = run("--device", device.name(), "--plan");
            long nodes = lines.stream()
                    .filter(line -> line.startsWith(device.name() + " "))
                    .count();
            assertTrue(nodes > 20, lines::toString);
            assertTrue(
                    lines.stream()
                            .anyMatch(line -> line.startsWith("nodes: ") && line.contains(nodes + " " + device.name())),
                    lines::toString);
        }
    }

    @Test
    void withoutItNoPlanIsPrinted() {
        List<String> lines = run();
        assertTrue(lines.size() < 10, lines::toString);
    }
}
