package io.sardonyx.bench.measure;

import io.sardonyx.bench.define.Benchmarks;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.KernelTimer;
import io.sardonyx.bench.device.Rival;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Roof;
import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a GPU does at most: the speed of its copy, the best rate that anybody here reached in large products of a type, the time of a
 * launch that does nothing. Of each the best sample counts.
 */
final class GpuRoofs implements AutoCloseable {
    private static final long COPIED = 1L << 26; // float32 elements
    private static final long[] PRODUCTS = {4096, 8192};

    private final String device;
    private final KernelTimer cold;
    private final KernelTimer warm;
    private final List<Roof> roofs = new ArrayList<>();
    private final Set<DType> known = EnumSet.noneOf(DType.class);

    GpuRoofs(Gpu gpu) {
        device = gpu.device().name();
        cold = new KernelTimer(gpu.device(), Effort.GPU, gpu.l2Bytes());
        warm = new KernelTimer(gpu.device(), Effort.WARM, gpu.l2Bytes());
    }

    /** Measures what problems of this type need, once; {@code others} take part. */
    void know(DType dtype, GpuContenders others, Findings findings) {
        if (!known.add(dtype)) {
            return;
        }
        List<Roof> found = new ArrayList<>();
        if (known.size() == 1) {
            seconds(cold, copy(COPIED))
                    .ifPresent(seconds -> found.add(roof("copy.memory", 2.0 * Float.BYTES * COPIED / seconds, "B/s")));
            seconds(warm, copy(1)).ifPresent(seconds -> found.add(roof("launch", seconds, "s")));
        }
        product(dtype, others).ifPresent(rate -> found.add(roof(arithmetic(dtype), rate, "FLOP/s")));
        roofs.addAll(found);
        findings.add(found);
    }

    private static Problem copy(long elements) {
        return Benchmarks.named("copy").at(Map.of("n", elements), DType.FLOAT32);
    }

    private Optional<Double> product(DType dtype, GpuContenders others) {
        if (!Benchmarks.named("matmul").dtypes().contains(dtype)) {
            return Optional.empty();
        }
        double best = 0;
        for (long n : PRODUCTS) {
            Problem product = Benchmarks.named("matmul").at(Map.of("m", n, "n", n, "k", n), dtype);
            double seconds = Math.min(
                    seconds(cold, product).orElse(Double.POSITIVE_INFINITY),
                    others.best(new Rival.Product(dtype, n, n, n)).orElse(Double.POSITIVE_INFINITY) / 1e6);
            best = Math.max(best, product.flops() / seconds);
        }
        return Optional.of(best).filter(rate -> rate > 0);
    }

    private static Optional<Double> seconds(KernelTimer timer, Problem problem) {
        return timer.time(DeviceRun.workload(problem))
                .map(result -> result.samples().least() / 1e6);
    }

    private Roof roof(String name, double value, String unit) {
        return new Roof(device, 0, name, value, unit, "");
    }

    /** Tensor cores take all but these two. */
    private static String arithmetic(DType dtype) {
        return (dtype == DType.FLOAT32 || dtype == DType.FLOAT64 ? "fma." : "tensor.") + dtype;
    }

    /** The larger of the times for arithmetic and, if caches are cold, for memory. */
    Optional<Bound> bound(Problem problem, Cache cache) {
        double bytes = cache == Cache.COLD ? problem.bytes() : 0;
        return Stream.of(find(arithmetic(problem.dtype()), problem.leastFlops()), find("copy.memory", bytes))
                .flatMap(Optional::stream)
                .filter(bound -> bound.nanoseconds() > 0)
                .reduce((a, b) -> a.nanoseconds() >= b.nanoseconds() ? a : b);
    }

    private Optional<Bound> find(String name, double amount) {
        return roofs.stream()
                .filter(r -> r.name().equals(name))
                .map(r -> new Bound(amount / r.value() * 1e9, name))
                .findFirst();
    }

    @Override
    public void close() {
        cold.close();
        warm.close();
    }
}
