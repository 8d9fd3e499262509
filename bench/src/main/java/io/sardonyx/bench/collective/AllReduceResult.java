package io.sardonyx.bench.collective;

import io.sardonyx.collective.Reduction;
import io.sardonyx.tensor.DType;
import java.util.Optional;

/**
 * One line of a table.
 *
 * @param engine {@code local} for the ranks of one process, else the name of what connects processes
 * @param bytes of each rank's tensor
 * @param algorithm of our kernels; empty for the host's threads and other engines
 * @param ofBound the least time over the time; empty where none is known
 */
public record AllReduceResult(
        String device,
        String engine,
        int ranks,
        long bytes,
        DType dtype,
        Reduction reduction,
        Optional<String> algorithm,
        Quartiles times,
        Optional<Double> ofBound) {
    /** Bytes a second of one rank's tensor. */
    public double algbw() {
        return bytes / times.median() * 1e6;
    }

    /** What each link of a ring would carry, so that it compares with the hardware: {@code algbw * 2 (n - 1) / n}. */
    public double busbw() {
        return algbw() * 2 * (ranks - 1) / ranks;
    }

    /** Whether the times are a simulator's own and say nothing about a GPU. */
    public boolean isSimulated() {
        return device.startsWith("sim");
    }
}
