package io.sardonyx.bench.measure;

import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Roof;
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
    /** A working set so many times a cache has so little of it there that the next level counts. */
    private static final int BEYOND = 4;

    /** What writes less than this of its bytes is held against reading alone. */
    private static final double SOME = 0.1;

    /** The larger of the times for arithmetic and for memory; empty where neither roof is known. */
    static Optional<Bound> of(Problem problem, Cache cache, int threads, List<Roof> roofs, CpuCaches caches) {
        Optional<Bound> arithmetic = find(roofs, "fma." + problem.dtype())
                .filter(r -> problem.flops() > 0)
                .map(r -> at(r, problem.leastFlops()));
        double bytes = problem.bytes();
        boolean writes = bytes - problem.readBytes() > SOME * bytes;
        String level = cache == Cache.COLD ? "memory" : level(bytes, threads, caches);
        Optional<Bound> memory =
                find(roofs, (writes ? "copy." : "read.") + level).map(r -> at(r, bytes));
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

    /** The fastest that may hold a part of so many bytes worth speaking of. */
    private static String level(double bytes, int threads, CpuCaches caches) {
        for (Map.Entry<Integer, Long> cache : caches.sizes().entrySet()) {
            long size = cache.getKey() > 2 ? cache.getValue() : cache.getValue() * threads;
            if (bytes <= BEYOND * size) {
                return "L" + cache.getKey();
            }
        }
        return "memory";
    }
}
