package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiles that were measured, and are remembered from process to process; on the simulated GPU, whose times say nothing. */
class AutotuneTest {
    private static final int SECONDS = 120;

    @TempDir
    Path folder;

    @Test
    void whatWasMeasuredIsKept() throws Exception {
        assumeTrue(
                Devices.all().stream().anyMatch(d -> d.name().equals("sim:0")), "skipped: there is no simulated GPU");
        ChildJvm.Result first = run();
        assertEquals(0, first.status(), first::toString);
        List<String> lines = Files.readAllLines(file());
        assertEquals(3, lines.size(), () -> "two convolutions and a product: " + lines);
        for (String line : lines) {
            assertTrue(line.matches("(conv|gemm) f(32|16)[-0-9x ]*\t(simt|sm80|sm90)[^\t]*\t[0-9.]+"), line);
        }
        ChildJvm.Result second = run();
        assertEquals(0, second.status(), second::toString);
        assertEquals(lines, Files.readAllLines(file()), "measured again");
        assertTrue(second.lines().stream().anyMatch(line -> line.contains("3 tiles by ")), second::toString);
    }

    @Test
    void aFileThatSaysNothingIsRefused() throws Exception {
        assumeTrue(
                Devices.all().stream().anyMatch(d -> d.name().equals("sim:0")), "skipped: there is no simulated GPU");
        run();
        Files.writeString(file(), "gemm f32 1 2 3 and then it broke off");
        ChildJvm.Result result = run();
        assertNotEquals(0, result.status(), result::toString);
        assertTrue(
                result.toString().contains("line 1 of " + file() + " is not a problem, a tile and a time"),
                result::toString);
    }

    private ChildJvm.Result run() throws IOException, InterruptedException {
        return new ChildJvm(folder)
                .environment("SARDONYX_AUTOTUNE", folder.resolve("tiles").toString())
                .run(SECONDS, ChildJvm.classPath(), AutotuneChild.class.getName());
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("tiles"))) {
            return files.toList().get(0);
        }
    }
}
