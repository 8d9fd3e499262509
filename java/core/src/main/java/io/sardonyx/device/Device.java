package io.sardonyx.device;

import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Something that holds tensors and runs kernels: {@code reference}, {@code cpu}, {@code cuda:N}, {@code sim:N}. Thread-safe,
 * and open as long as the program runs. {@link Devices} finds them.
 */
public interface Device {
    /** As in {@code cpu} or {@code cuda:0}. */
    String name();

    /** One line for people: model, instruction sets, memory. */
    String describe();

    /**
     * Memory that is not initialised, 64-byte aligned where it has an address.
     *
     * @throws OutOfMemoryException if there is not enough
     */
    Memory allocate(long bytes);

    /**
     * The bytes of {@code buffer} from its position to its limit, not copied. Closing it leaves the buffer alone.
     *
     * @throws IllegalArgumentException if this device cannot use that buffer's memory
     */
    Memory wrap(ByteBuffer buffer);

    /** Bytes handed out by {@link #allocate} and not closed. */
    long liveBytes();

    /** Gives memory that is kept for the next {@link #allocate} back to the system, as after loading a model. */
    default void trim() {}

    /** Whether there is a kernel with this key; if not, the operator's reference runs instead. */
    boolean has(String kernel);

    /** Threads that a launch may use, the caller's included, unless a model asks for another number. */
    int threads();

    /**
     * Runs one kernel now. {@code inputs} and {@code outputs} hold {@code null} for absent ones.
     *
     * @throws DeviceException if the kernel fails
     */
    void launch(
            Launch launch,
            List<TensorType> inputTypes,
            Memory[] inputs,
            List<TensorType> outputTypes,
            Memory[] outputs);

    /**
     * Prepares commands for {@link Program#run}.
     *
     * @param threads how many threads a run uses, the caller's included
     */
    Program compile(List<Program.Command> commands, int threads);
}
