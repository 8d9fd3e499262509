package io.sardonyx.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.define.Benchmarks;
import io.sardonyx.bench.define.Expectation;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenBLAS and oneDNN compute what the reference does. */
class CpuLibrariesTest {
    private static final long SEED = 7;

    private static Problem problem(String benchmark, String sizes, DType dtype) {
        Map<String, Long> axes = new HashMap<>();
        for (String size : sizes.split(" ")) {
            String[] words = size.split("=");
            axes.put(words[0], Long.parseLong(words[1]));
        }
        return Benchmarks.named(benchmark).at(axes, dtype);
    }

    private static void check(Contender contender, Problem problem, int threads) {
        Library library = contender.library();
        assertEquals(Optional.empty(), library.absence());
        List<HostTensor> inputs = problem.inputs(SEED);
        Expectation expectation = Expectation.of(problem, inputs, SEED);
        try (Call call = library.open(problem, inputs, new Setting("cpu", threads))) {
            for (int run = 0; run < 2; run++) { // the second must not see what the first left
                call.run();
                expectation.check(contender.toString(), call.output());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OPENBLAS, matmul, m=17 n=31 k=64, FLOAT32",
        "OPENBLAS, linear, m=17 n=31 k=64, FLOAT32",
        "OPENBLAS, matmul, m=1 n=384 k=100, FLOAT32",
        "OPENBLAS, matmul, m=100 n=1 k=65, FLOAT32",
        "OPENBLAS, matmul, m=1 n=1 k=1, FLOAT32",
        "OPENBLAS, matmul, m=5 n=6 k=7, FLOAT64",
        "ONEDNN, matmul, m=17 n=31 k=64, FLOAT32",
        "ONEDNN, matmul, m=1 n=384 k=100, FLOAT32",
        "ONEDNN, matmul, m=1 n=1 k=1, FLOAT32",
        "ONEDNN, linear, m=128 n=100 k=384, FLOAT32",
        "ONEDNN, linear, m=1 n=384 k=100, FLOAT32",
        "ONEDNN, conv, channels=16 filters=32 size=13 batch=2, FLOAT32",
        "ONEDNN, conv, channels=32 filters=32 size=14 stride=2 group=32, FLOAT32",
        "ONEDNN, conv, channels=3 filters=8 size=15 kernel=7 stride=2, FLOAT32",
        "ONEDNN, softmax, rows=5 columns=1000, FLOAT32",
        "ONEDNN, layernorm, rows=5 columns=384, FLOAT32"
    })
    void computesWhatTheReferenceDoes(Contender contender, String benchmark, String sizes, DType dtype) {
        check(contender, problem(benchmark, sizes, dtype), 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPENBLAS", "ONEDNN"})
    void computesTheSameOnTwoThreads(Contender contender) {
        check(contender, problem("linear", "m=128 n=100 k=384", DType.FLOAT32), 2);
    }

    /** Which types oneDNN has depends on the processor. */
    @ParameterizedTest
    @CsvSource({
        "linear, m=17 n=31 k=64, BFLOAT16",
        "linear, m=17 n=31 k=64, FLOAT16",
        "linear, m=17 n=31 k=64, INT8",
        "matmul, m=1 n=31 k=64, INT8",
        "conv, channels=16 filters=32 size=13, BFLOAT16",
        "softmax, rows=5 columns=100, BFLOAT16",
        "layernorm, rows=5 columns=384, BFLOAT16"
    })
    void computesNarrowTypesOrSaysThatItCannot(String benchmark, String sizes, DType dtype) {
        try {
            check(Contender.ONEDNN, problem(benchmark, sizes, dtype), 1);
        } catch (UnsupportedProblemException e) {
            assertTrue(e.getMessage().startsWith("has no "), e.getMessage());
            Assumptions.abort(e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OPENBLAS, softmax, rows=2 columns=2, FLOAT32, 'has no Softmax'",
        "OPENBLAS, matmul, m=2 n=2 k=2, BFLOAT16, 'has products of float32 and float64, none of bfloat16'",
        "ONEDNN, transpose, rows=2 columns=2, FLOAT32, 'has no adapter for Transpose'",
        "ONEDNN, matmul, m=2 n=2 k=2, FLOAT64, 'has no float64 on the CPU'"
    })
    void whatItCannotIsNamed(Contender contender, String benchmark, String sizes, DType dtype, String message) {
        Problem problem = problem(benchmark, sizes, dtype);
        Library library = contender.library();
        assertEquals(Optional.empty(), library.absence());
        List<HostTensor> inputs = problem.inputs(SEED);
        Throwable e = assertThrows(
                UnsupportedProblemException.class, () -> library.open(problem, inputs, new Setting("cpu", 1)));
        assertEquals(message, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPENBLAS", "ONEDNN"})
    void anotherDeviceIsRefused(Contender contender) {
        Problem problem = problem("matmul", "m=2 n=2 k=2", DType.FLOAT32);
        List<HostTensor> inputs = problem.inputs(SEED);
        Setting gpu = new Setting("cuda:0", 1);
        Library library = contender.library();
        Throwable e = assertThrows(UnsupportedProblemException.class, () -> library.open(problem, inputs, gpu));
        assertEquals("is measured on cpu alone, not on cuda:0", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"OPENBLAS, OpenBLAS 0.3.31 .+", "ONEDNN, 3\\.11\\.0 \\(.+\\)"})
    void theVersionIsTheLibrarysOwn(Contender contender, String pattern) {
        Library library = contender.library();
        assertEquals(Optional.empty(), library.absence());
        assertTrue(library.version().matches(pattern), library.version());
    }
}
