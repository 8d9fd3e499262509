package io.sardonyx.collective;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** How the ranks of one process do what they have agreed on. Used by one thread at a time, but for {@link #finish}. */
sealed interface Exchange extends AutoCloseable permits HostExchange, KernelExchange {
    /**
     * Begins a call on all ranks.
     *
     * @param ranks every rank's tensors, which stay the caller's; none of them for a barrier
     * @param left until the deadline
     */
    void begin(Call call, List<TensorLease> ranks, Duration left);

    /** Waits until what was begun on {@code rank} is done; the rank that it missed, if it did. */
    OptionalInt finish(int rank);

    /** Waits until nothing runs that may touch a rank's memory: kernels that missed somebody end at their deadline. */
    void settle();

    @Override
    void close();
}
