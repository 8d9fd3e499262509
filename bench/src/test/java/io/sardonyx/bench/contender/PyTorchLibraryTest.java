package io.sardonyx.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.define.Benchmarks;
import io.sardonyx.bench.define.Expectation;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way to PyTorch, with a module of its name that can do products of float32 and nothing else. */
class PyTorchLibraryTest {
    private static final long SEED = 7;
    private static final String STAND_IN =
            """
            import array, contextlib, math
            __version__ = "0 (stand-in)"
            float32, float64, uint8 = "f", "d", "B"
            inference_mode = contextlib.nullcontext
            def set_num_threads(n):
                if n > 64: raise ValueError("too many threads")
            def frombuffer(data, dtype):
                return Tensor(array.array(dtype, bytes(data)), None)
            class Tensor:
                def __init__(self, values, shape): self.values, self.shape = values, shape
                def reshape(self, shape): return Tensor(self.values, shape)
                def clone(self): return self
                def contiguous(self): return self
                def view(self, dtype): return self
                def numpy(self): return self.values
                def __matmul__(self, other):
                    (m, k), n = self.shape, other.shape[1]
                    return Tensor(array.array("f", (sum(self.values[i * k + l] * other.values[l * n + j]
                        for l in range(k)) for i in range(m) for j in range(n))), [m, n])
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void requirePython() throws IOException {
        Assumptions.assumeTrue(hasPython(), "there is no python3");
        Path torch = Files.createDirectories(folder.resolve("torch/nn"));
        Files.writeString(torch.resolveSibling("__init__.py"), STAND_IN);
        Files.createFile(torch.resolve("__init__.py"));
        Files.createFile(torch.resolve("functional.py"));
    }

    private static boolean hasPython() {
        for (String path : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(path, "python3"))) {
                return true;
            }
        }
        return false;
    }

    /** With the stand-in in front of everything else. */
    private PyTorchLibrary library() {
        return new PyTorchLibrary(List.of("env", "PYTHONPATH=" + folder, "python3"));
    }

    private static Problem matmul(DType dtype) {
        return Benchmarks.named("matmul").at(Map.of("m", 3L, "n", 4L, "k", 5L), dtype);
    }

    @Test
    void aResultComesBackAndIsTimedOverThere() {
        PyTorchLibrary library = library();
        assertEquals(Optional.empty(), library.absence());
        assertEquals("0 (stand-in)", library.version());
        Problem problem = matmul(DType.FLOAT32);
        List<HostTensor> inputs = problem.inputs(SEED);
        try (Call call = library.open(problem, inputs, new Setting("cpu", 2))) {
            call.run();
            assertTrue(call.time(3) > 0);
            Expectation.of(problem, inputs, SEED).check("pytorch", call.output());
        }
    }

    @Test
    void whatItCannotIsNamedAndTheNextProblemRuns() {
        PyTorchLibrary library = library();
        assertRefused(library, matmul(DType.BFLOAT16), 1, "AttributeError: module 'torch' has no attribute 'bfloat16'");
        assertRefused(library, matmul(DType.FLOAT32), 65, "ValueError: too many threads");
        Problem softmax = Benchmarks.named("softmax").at(Map.of("rows", 1L, "columns", 2L), DType.FLOAT32);
        assertRefused(library, softmax, 1, "AttributeError: module 'torch' has no attribute 'softmax'");
        Problem problem = matmul(DType.FLOAT32);
        library.open(problem, problem.inputs(SEED), new Setting("cpu", 1)).close();
    }

    private static void assertRefused(PyTorchLibrary library, Problem problem, int threads, String message) {
        List<HostTensor> inputs = problem.inputs(SEED);
        Setting setting = new Setting("cpu", threads);
        Throwable e = assertThrows(UnsupportedProblemException.class, () -> library.open(problem, inputs, setting));
        assertEquals(message, e.getMessage());
    }

    @Test
    void absencesSayWhatToInstall() {
        PyTorchLibrary without = new PyTorchLibrary(List.of("python3", "-S", "-I"));
        String absence = without.absence().orElse("");
        assertTrue(absence.contains("has no PyTorch") && absence.contains("pip install torch"), absence);
        String nowhere =
                new PyTorchLibrary(List.of(folder + "/no-python")).absence().orElse("");
        assertTrue(nowhere.contains("no-python") && nowhere.contains("pip install torch"), nowhere);
    }
}
