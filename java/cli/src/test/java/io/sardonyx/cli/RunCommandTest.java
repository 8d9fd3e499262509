package io.sardonyx.cli;

import static io.sardonyx.cli.CommandLineRun.execute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private List<String> run(Object... options) {
        Object[] arguments = new Object[options.length + 4];
        System.arraycopy(new Object[] {"run", model, "--dim", "batch_size=1,sequence_length=5"}, 0, arguments, 0, 4);
        System.arraycopy(options, 0, arguments, 4, options.length);
        return execute(0, arguments).lines().toList();
    }

    @Test
    void thePlanNamesTheKernelOfEveryNode() {
        for (Device device : Devices.all()) {
            List<String> lines = run("--device", device.name(), "--plan");
            long nodes = lines.stream()
                    .filter(line -> line.matches(device.name() + " +\\S+ +[A-Z]\\S+ .*"))
                    .count();
            assertTrue(lines.contains("nodes: " + nodes + " " + device.name()), lines::toString);
            assertTrue(nodes > 20, lines::toString);
        }
    }

    @Test
    void withoutItNoPlanIsPrinted() {
        assertEquals(3, run().size());
    }
}
