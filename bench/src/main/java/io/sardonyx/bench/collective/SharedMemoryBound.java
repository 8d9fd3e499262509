package io.sardonyx.bench.collective;

import io.sardonyx.collective.AllReduceAlgorithm;

/**
 * What virtual ranks move through the memory of the GPU that they share, by the plain form of each algorithm. Caches may keep some of it
 * from the memory, and our two-shot kernel writes its share to all results at once, which saves what the plain form reads back: a
 * fraction above 1 is possible, and says that.
 */
final class SharedMemoryBound {
    private SharedMemoryBound() {}

    /** @param bytes of each rank's tensor */
    static long bytes(AllReduceAlgorithm algorithm, int ranks, long bytes) {
        return switch (algorithm) {
            case ONE_SHOT -> ranks * (ranks + 1L) * bytes; // each reads what all have, and writes its result
            case TWO_SHOT -> (3L * ranks + 1) * bytes; // all is read, sums are written, read by each, and written
        };
    }
}
