package io.sardonyx.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a script says counts, also where it does not come to its end. */
class PyTorchTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void requirePython() {
        Assumptions.assumeTrue(Host.output(List.of("python3", "-c", "print()")).isPresent(), "there is no python3");
    }

    private PyTorch saying(String... lines) throws IOException {
        Path script = folder.resolve("script.py");
        Files.write(script, List.of(lines));
        return new PyTorch(script);
    }

    @Test
    void theFastestModeIsTheBest() throws IOException {
        PyTorch pytorch = saying(
                "import sys, time",
                "print('{\"version\": \"PyTorch 3\"}')",
                "print('{\"name\": \"minilm float16\", \"mode\": \"eager\", \"us\": 9.5}')",
                "print('{\"name\": \"minilm float16\", \"mode\": \"SDPA\", \"us\": 7.5}')",
                "print('{\"name\": \"minilm float32\", \"mode\": \"SDPA\", \"us\": 1.5}')",
                "print('{\"name\": \"minilm fl', end='', flush=True)",
                "sys.stdout.flush()",
                "time.sleep(100)");
        Outcome outcome = pytorch.run(5);
        assertEquals(Outcome.Status.PASS, outcome.status());
        assertEquals("PyTorch 3", outcome.data().get("version"));
        assertEquals(Optional.of(new PyTorch.Row("minilm float16", "SDPA", 7.5)), pytorch.best("minilm float16"));
        assertEquals(Optional.empty(), pytorch.best("minilm float64"));
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Outcome outcome = saying("print('{\"missing\": \"no PyTorch\"}')").run(5);
        assertEquals(Outcome.leftOut("PyTorch", "no PyTorch"), outcome);
        Path nowhere = folder.resolve("nowhere.py");
        assertEquals(Outcome.leftOut("PyTorch", "there is no " + nowhere), new PyTorch(nowhere).run(5));
    }
}
