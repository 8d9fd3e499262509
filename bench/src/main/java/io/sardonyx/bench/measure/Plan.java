package io.sardonyx.bench.measure;

import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.define.Axis;
import io.sardonyx.bench.define.Benchmark;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.define.ShapeList;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be measured.
 *
 * @param benchmarks none for a model
 * @param axes of the benchmarks; those that are not given have their usual size
 * @param shapes points in place of those of the axes
 * @param dtypes empty: each benchmark's usual one
 * @param against others that take turns with us
 * @param caches empty: warm on the host, cold on GPUs
 * @param seconds of samples for a line
 */
public record Plan(
        List<Benchmark> benchmarks,
        List<Axis> axes,
        Optional<ShapeList> shapes,
        List<DType> dtypes,
        List<String> devices,
        List<Integer> threads,
        List<Contender> against,
        List<Cache> caches,
        double seconds,
        long seed) {
    /** One whose points are those of its axes. */
    public Plan(
            List<Benchmark> benchmarks,
            List<Axis> axes,
            List<DType> dtypes,
            List<String> devices,
            List<Integer> threads,
            List<Contender> against,
            List<Cache> caches,
            double seconds,
            long seed) {
        this(benchmarks, axes, Optional.empty(), dtypes, devices, threads, against, caches, seconds, seed);
    }

    /**
     * Looks at everything before anything runs.
     *
     * @throws IllegalArgumentException if it makes no sense, in one line
     */
    public Plan {
        for (int count : threads) {
            if (count < 1) {
                throw new IllegalArgumentException("--threads " + count + ": expected at least 1");
            }
        }
        if (!(seconds > 0) || Double.isInfinite(seconds)) {
            throw new IllegalArgumentException("--seconds " + seconds + ": expected more than 0");
        }
        if (shapes.isPresent() && !axes.isEmpty()) {
            throw new IllegalArgumentException("--shapes " + shapes.get().name() + " has all sizes; leave --axis away");
        }
        for (Axis axis : axes) {
            if (!benchmarks.isEmpty()
                    && benchmarks.stream().noneMatch(b -> b.axes().containsKey(axis.name()))) {
                benchmarks.forEach(b -> b.require(axis.name()));
            }
        }
        problems(benchmarks, axes, shapes, dtypes);
    }

    /** What is measured on the host, or on devices with memory of their own. */
    List<Cache> cachesOn(boolean host) {
        return caches.isEmpty() ? List.of(host ? Cache.WARM : Cache.COLD) : caches;
    }

    /** Those that take turns on the host; who runs on GPUs alone is asked for there, if there is one. */
    List<Contender> againstOnHost() {
        boolean gpu = devices.stream().anyMatch(device -> !HostRun.isHost(device));
        return against.stream().filter(c -> !(gpu && c.isForGpus())).toList();
    }

    /** In the order of the benchmarks, then types, then points. */
    public List<Problem> problems() {
        return problems(benchmarks, axes, shapes, dtypes);
    }

    private static List<Problem> problems(
            List<Benchmark> benchmarks, List<Axis> axes, Optional<ShapeList> shapes, List<DType> dtypes) {
        List<Problem> problems = new ArrayList<>();
        for (Benchmark benchmark : benchmarks) {
            List<Axis> own = axes.stream()
                    .filter(a -> benchmark.axes().containsKey(a.name()))
                    .toList();
            List<Map<String, Long>> points =
                    shapes.map(list -> list.points(benchmark)).orElseGet(() -> Axis.product(own));
            for (DType dtype : dtypes.isEmpty() ? benchmark.dtypes().subList(0, 1) : dtypes) {
                for (Map<String, Long> point : points) {
                    problems.add(benchmark.at(point, dtype));
                }
            }
        }
        return problems;
    }
}
