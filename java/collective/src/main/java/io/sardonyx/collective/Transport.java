package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import java.time.Duration;

/**
 * One process' end of an engine that connects processes: NCCL, Gloo. All ranks make the same calls in the same order, one at a time;
 * the group that calls has made sure of that. Each call returns when its result is there, or throws {@link TransportException} at
 * the deadline at the latest; after that this end is of no more use. Only {@link #abort} may come from another thread meanwhile.
 */
public interface Transport extends AutoCloseable {
    /** The engine's, as in {@code gloo}. */
    String name();

    /** Whose memory it moves. */
    Device device();

    /**
     * {@code out} becomes the reduction of all ranks' {@code in}, which it may be, if they agree; else it stays as it was. An engine may
     * begin to move elements while it waits for the headers. {@link Reduction#MEAN} is not asked for.
     *
     * @return whether all ranks brought the same header
     */
    boolean allReduce(
            Agreement agreement,
            Memory in,
            Memory out,
            DType dtype,
            long count,
            Reduction reduction,
            Duration deadline);

    /**
     * The reduction of all ranks' {@code all}, which is destroyed; of it {@code part} gets the elements from {@code rank * count} on.
     *
     * @param count elements of {@code part}; {@code all} has that many for each rank
     */
    void reduceScatter(Memory all, Memory part, DType dtype, long count, Reduction reduction, Duration deadline);

    /** {@code all} gets every rank's {@code part} of {@code bytes} bytes, by rank. */
    void allGather(Memory part, Memory all, long bytes, Duration deadline);

    /** The first {@code bytes} bytes become those of rank {@code root}. */
    void broadcast(Memory data, long bytes, int root, Duration deadline);

    /** Returns when all ranks have come. */
    void barrier(Duration deadline);

    /** Lets a call that waits in another thread fail at once. */
    void abort();

    @Override
    void close();
}
