package io.sardonyx.bench.measure;

import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Roof;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The least time that a problem could take on the CPU, from roofs that were measured in the same run, and which roof that is.
 *
 * @param nanoseconds of a call
 */
record Bound(double nanoseconds, String roof) {
    /** What writes less than this of its bytes is held against reading alone. */
    private static final double SOME = 0.1;

    /** The larger of the times for arithmetic and for memory; empty where neither roof is known. */
    static Optional<Bound> of(Problem problem, Cache cache, int threads, List<Roof> roofs, CpuCaches caches) {
        Optional<Bound> arithmetic = find(roofs, "fma." + problem.dtype())
                .filter(r -> problem.flops() > 0)
                .map(r -> at(r, problem.leastFlops()));
        double bytes = problem.bytes();
        boolean writes = bytes - problem.readBytes() > SOME * bytes;
        Optional<Bound> memory =
                moving(cache == Cache.COLD ? Map.of("memory", bytes) : levels(bytes, threads, caches), roofs, writes);
        return Stream.of(arithmetic, memory)
                .flatMap(Optional::stream)
                .reduce((a, b) -> a.nanoseconds >= b.nanoseconds ? a : b)
                // Where it is the arithmetic that may bind, and its roof is not known, nothing is.
                .filter(bound -> problem.flops() == 0 || arithmetic.isPresent());
    }

    private static Bound at(Roof roof, double amount) {
        return new Bound(amount / roof.value() * 1e9, roof.name());
    }

    private static Optional<Roof> find(List<Roof> roofs, String name) {
        return roofs.stream().filter(r -> r.name().equals(name)).findFirst();
    }

    /** One level after the other; named by that which takes the longest. */
    private static Optional<Bound> moving(Map<String, Double> levels, List<Roof> roofs, boolean writes) {
        List<Bound> parts = new ArrayList<>();
        for (Map.Entry<String, Double> level : levels.entrySet()) {
            Optional<Roof> roof = find(roofs, (writes ? "copy." : "read.") + level.getKey());
            if (roof.isEmpty()) {
                return Optional.empty();
            }
            parts.add(at(roof.get(), level.getValue()));
        }
        double sum = parts.stream().mapToDouble(Bound::nanoseconds).sum();
        return parts.stream()
                .max(Comparator.comparingDouble(Bound::nanoseconds))
                .map(longest -> new Bound(sum, longest.roof));
    }

    /** Of so many bytes, how many may lie in each level at most when a call begins: each is full before the next one is used. */
    private static Map<String, Double> levels(double bytes, int threads, CpuCaches caches) {
        Map<String, Double> levels = new LinkedHashMap<>();
        double left = bytes;
        for (Map.Entry<Integer, Long> cache : caches.sizes().entrySet()) {
            double size = cache.getKey() > 2 ? cache.getValue() : (double) cache.getValue() * threads;
            if (left > 0) {
                levels.put("L" + cache.getKey(), Math.min(left, size));
            }
            left -= size;
        }
        if (left > 0) {
            levels.put("memory", left);
        }
        return levels;
    }
}
