package io.sardonyx.device;

import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** Commands compiled for one device, run with one call. Thread-safe; closed by whoever compiled it, when no run is left. */
public interface Program extends AutoCloseable {
    /** Where something lies: {@code offset} bytes behind base address number {@code base}, given anew to each run. */
    record Place(int base, long offset) {}

    /** A tensor argument; an absent optional one is {@link Optional#empty} in {@link Command#arguments}. */
    record Operand(TensorType type, Place place) {}

    /** One launch of one kernel. */
    record Command(
            String kernel,
            List<Optional<Operand>> arguments,
            long[] params,
            Optional<Place> scratch,
            long scratchBytes) {}

    /**
     * Runs commands {@code [first, last)} in order and returns when they are done.
     *
     * @param bases the base addresses
     * @throws DeviceException if a kernel fails; {@link DeviceException#step} says which command
     * @throws RunStoppedException if {@code control} says so
     */
    void run(long[] bases, int first, int last, RunControl control);

    @Override
    void close();
}
