package io.sardonyx.collective;

import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** How the ranks of one process do what they have agreed on. Used by one thread at a time, but for {@link #finish}. */
sealed interface Exchange extends AutoCloseable permits HostExchange, KernelExchange {
    /**
     * Begins a call on all ranks.
     *
     * @param in every rank's input; {@code out} its output, which may be the same
     * @param left until the deadline
     */
    void begin(Call call, List<Tensor> in, List<Tensor> out, Duration left);

    /** Waits until what was begun on {@code rank} is done; the rank that it missed, if it did. */
    OptionalInt finish(int rank);

    /** Waits until nothing runs that may touch a rank's memory: kernels that missed somebody end at their deadline. */
    void settle();

    @Override
    void close();
}
