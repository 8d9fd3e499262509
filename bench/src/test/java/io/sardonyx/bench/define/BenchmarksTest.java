package io.sardonyx.bench.define;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.collective.VerificationException;
import io.sardonyx.bench.contender.Call;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.contender.Setting;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

class BenchmarksTest {
    private static final long SEED = 7;
    private static final Setting REFERENCE = new Setting("reference", 1);

    /** No size is a power of two, and none is large. */
    private static Problem small(Benchmark benchmark, DType dtype) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        long size = 3;
        for (String axis : benchmark.axes().keySet()) {
            sizes.put(axis, axis.equals("group") || axis.equals("stride") || axis.equals("axis") ? 1 : size++);
        }
        return benchmark.at(sizes, dtype);
    }

    @TestFactory
    Stream<DynamicTest> theReferenceComputesEachOfThem() {
        return Benchmarks.all().stream()
                .flatMap(b -> b.dtypes().stream().map(d -> small(b, d)))
                .map(problem -> DynamicTest.dynamicTest(problem.toString(), () -> {
                    List<HostTensor> inputs = problem.inputs(SEED);
                    try (Call call = Contender.SARDONYX.library().open(problem, inputs, REFERENCE)) {
                        call.run();
                        HostTensor result = call.output();
                        Expectation expectation = Expectation.of(problem, inputs, SEED);
                        expectation.check("reference", result);
                        int last = result.size() - 1;
                        result.set(last, result.getDouble(last) + 4);
                        String message = assertThrows(
                                        VerificationException.class, () -> expectation.check("reference", result))
                                .getMessage();
                        assertTrue(
                                message.startsWith("reference, " + problem + ": 1 of ") && message.contains("--seed 7"),
                                message);
                    }
                }));
    }

    @Test
    void aProblemIsReadAsItIsPrinted() {
        for (Benchmark benchmark : Benchmarks.all()) {
            Problem problem = small(benchmark, DType.FLOAT32);
            assertEquals(problem, Problem.parse(problem.toString()));
        }
    }

    @Test
    void aLargeResultIsVerifiedInPart() {
        Problem problem = Benchmarks.named("matmul").at(Map.of("m", 700L, "n", 900L, "k", 800L), DType.FLOAT32);
        List<HostTensor> inputs = problem.inputs(SEED);
        HostTensor zeros = HostTensor.allocate(problem.output());
        Expectation expectation = Expectation.of(problem, inputs, SEED);
        String message = assertThrows(VerificationException.class, () -> expectation.check("broken", zeros))
                .getMessage();
        int wrong = Integer.parseInt(message.replaceAll(".*float32: (\\d+) of .*", "$1"));
        assertTrue(wrong > 1000 && wrong < 100_000, message);
    }

    @Test
    void everyNaNIsWrong() {
        Problem problem = small(Benchmarks.named("add"), DType.FLOAT32);
        HostTensor result = HostTensor.allocate(problem.output());
        result.set(1, Double.NaN);
        Expectation expectation = Expectation.of(problem, problem.inputs(SEED), SEED);
        String message = assertThrows(VerificationException.class, () -> expectation.check("broken", result))
                .getMessage();
        assertTrue(message.contains("the worst at [1]"), message);
    }

    @Test
    void whatABenchmarkStates() {
        Problem product = Benchmarks.named("matmul").at(Map.of("m", 2L, "n", 3L, "k", 5L), DType.FLOAT64);
        assertEquals(2.0 * 2 * 3 * 5, product.flops());
        assertEquals(8.0 * (2 * 5 + 5 * 3 + 2 * 3), product.bytes());
        Problem bytes = Benchmarks.named("linear").at(Map.of("m", 2L, "n", 3L, "k", 5L), DType.INT8);
        assertEquals(2 * 5 + 5 * 3 + 4.0 * 2 * 3, bytes.bytes());
        Problem gather =
                Benchmarks.named("gather").at(Map.of("rows", 1000L, "columns", 10L, "count", 3L), DType.FLOAT32);
        assertEquals(4.0 * 2 * 30 + 8 * 3, gather.bytes(), "of the table no more than is asked for");
        Problem conv = Benchmarks.named("conv").at(Map.of("size", 8L, "channels", 4L, "filters", 6L), DType.FLOAT32);
        assertEquals(2.0 * 6 * 8 * 8 * 4 * 9, conv.flops());
    }

    @Test
    void nonsense() {
        refused("there is no benchmark 'matmull'; there are matmul, linear, conv,", () -> Benchmarks.named("matmull"));
        Benchmark matmul = Benchmarks.named("matmul");
        refused("--axis q: matmul has no such axis; it has m, n, k", () -> matmul.at(Map.of("q", 1L), DType.FLOAT32));
        refused("--axis m=0: matmul needs at least 1", () -> matmul.at(Map.of("m", 0L), DType.FLOAT32));
        refused("--dtype int64: matmul takes float32,", () -> matmul.at(Map.of(), DType.INT64));
        refused("Shape: [", () -> matmul.at(Map.of("m", 1L << 59, "k", 1L << 10), DType.FLOAT32));
        refused(
                "matmul {m=1048576, n=512, k=1024}: float32",
                () -> matmul.at(Map.of("m", 1L << 20, "k", 1L << 10), DType.FLOAT32));
        refused("--axis group=3: expected a divisor of channels=64", () -> Benchmarks.named("conv")
                .at(Map.of("group", 3L), DType.FLOAT32));
        refused("--axis axis=2: reduce takes 0 or 1", () -> Benchmarks.named("reduce")
                .at(Map.of("axis", 2L), DType.FLOAT32));
        refused("--against blas: there is no such contender; there are onnxruntime,", () -> Contender.of("blas"));
    }

    private static void refused(String start, Executable what) {
        String message = assertThrows(IllegalArgumentException.class, what).getMessage();
        assertTrue(message.startsWith(start), message);
    }
}
