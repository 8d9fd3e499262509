package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.define.Benchmark;
import io.sardonyx.bench.define.Benchmarks;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Roof;
import io.sardonyx.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BoundTest {
    private static final CpuCaches CACHES =
            new CpuCaches(new TreeMap<>(Map.of(1, 32L << 10, 2, 1L << 20, 3, 32L << 20)));
    private static final List<Roof> ROOFS = List.of(
            roof("fma.float32", 100e9),
            roof("read.L1", 400e9),
            roof("copy.L1", 200e9),
            roof("read.L2", 80e9),
            roof("copy.L2", 50e9),
            roof("copy.L3", 30e9),
            roof("read.memory", 20e9),
            roof("copy.memory", 10e9));

    private static Roof roof(String name, double value) {
        return new Roof("cpu", 1, name, value, "", "");
    }

    private static Optional<Bound> bound(Problem problem, Cache cache, int threads) {
        return Bound.of(problem, cache, threads, ROOFS, CACHES);
    }

    private static Problem add(long n) {
        return Benchmarks.named("add").at(Map.of("n", n), DType.FLOAT32);
    }

    private static Problem product(long m, long n, DType dtype) {
        return Benchmarks.named("matmul").at(Map.of("m", m, "n", n, "k", n), dtype);
    }

    @Test
    void arithmeticBindsLargeProductsAndReadingThoseOfOneRow() {
        assertEquals(
                Optional.of(new Bound(2e9 / 100, "fma.float32")),
                bound(product(1000, 1000, DType.FLOAT32), Cache.WARM, 1));
        Problem row = product(1, 1000, DType.FLOAT32);
        assertEquals(Optional.of(new Bound(row.bytes() / 20, "read.memory")), bound(row, Cache.COLD, 1));
    }

    @Test
    void ofAConvolutionThoseThatWinogradNeedsBind() {
        Benchmark conv = Benchmarks.named("conv");
        Problem winograd = conv.at(Map.of("size", 100L), DType.FLOAT32);
        assertEquals(
                winograd.flops() * 64 / 324 / 100,
                bound(winograd, Cache.WARM, 1).orElseThrow().nanoseconds(),
                1e-6 * winograd.flops());
        Problem wide = conv.at(Map.of("size", 100L, "stride", 2L), DType.FLOAT32);
        assertEquals(
                wide.flops() / 100, bound(wide, Cache.WARM, 1).orElseThrow().nanoseconds(), 1e-6 * wide.flops());
    }

    @Test
    void eachLevelIsFullBeforeTheNextCounts() {
        long l1 = 32 << 10;
        assertBound("copy.L1", 24_000 / 200.0, bound(add(2000), Cache.WARM, 1));
        double bytes = 12 * 10_000;
        assertBound("copy.L2", l1 / 200.0 + (bytes - l1) / 50, bound(add(10_000), Cache.WARM, 1));
        double two = 2 * l1; // each thread has one
        assertBound("copy.L2", two / 200 + (bytes - two) / 50, bound(add(10_000), Cache.WARM, 2));
        assertEquals("copy.L2", bound(add(100_000), Cache.WARM, 1).orElseThrow().roof());
        assertEquals("copy.L3", bound(add(200_000), Cache.WARM, 1).orElseThrow().roof());
        assertEquals("copy.L3", bound(add(1 << 21), Cache.WARM, 1).orElseThrow().roof());
        Bound beyond = bound(add(1 << 24), Cache.WARM, 1).orElseThrow();
        assertEquals("copy.memory", beyond.roof());
        assertTrue(beyond.nanoseconds() < 12.0 * (1 << 24) / 10, "a part of it lies in the caches");
        assertBound("copy.memory", 12, bound(add(10), Cache.COLD, 1));
    }

    private static void assertBound(String roof, double nanoseconds, Optional<Bound> bound) {
        assertEquals(roof, bound.orElseThrow().roof());
        assertEquals(nanoseconds, bound.get().nanoseconds(), 1e-9 * nanoseconds);
    }

    @Test
    void whoseArithmeticHasNoRoofHasNone() {
        assertEquals(Optional.empty(), bound(product(1000, 1000, DType.BFLOAT16), Cache.WARM, 1));
        assertEquals(Optional.empty(), Bound.of(add(10), Cache.WARM, 1, List.of(), CACHES));
    }
}
