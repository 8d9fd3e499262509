package io.sardonyx.device;

import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that holds tensors and runs kernels: {@code reference}, {@code cpu}, {@code cuda:N}, {@code sim:N}. Thread-safe,
 * and open as long as the program runs. {@link Devices} finds them.
 */
public interface Device {
    /** Bytes that {@link #copy} holds in between where memory cannot be copied directly. */
    int LARGEST_BLOCK = 1 << 24;

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

    /** Whether Java reaches this device's memory, as {@link Memory#onHost} says of each. */
    default boolean onHost() {
        return true;
    }

    /** Gives memory that is kept for the next {@link #allocate} back to the system, as after loading a model. */
    default void trim() {}

    /** Whether {@link #copy} takes that device's memory: this one's, memory on the host, and that of another GPU of this kind. */
    default boolean reaches(Device other) {
        return other == this || other.onHost();
    }

    /**
     * Copies {@code bytes} bytes, and returns when they are there, behind what was launched before. Both memories belong to devices
     * that this one {@linkplain #reaches reaches}; the two stretches do not overlap.
     *
     * @throws IndexOutOfBoundsException if a memory ends before
     */
    default void copy(Memory to, long toOffset, Memory from, long fromOffset, long bytes) {
        Objects.checkFromIndexSize(toOffset, bytes, to.byteSize());
        Objects.checkFromIndexSize(fromOffset, bytes, from.byteSize());
        ByteBuffer between = ByteBuffer.allocate(from.onHost() ? 0 : (int) Math.min(bytes, LARGEST_BLOCK));
        for (long done = 0; done < bytes; done += LARGEST_BLOCK) {
            int length = (int) Math.min(bytes - done, LARGEST_BLOCK);
            if (from.onHost()) {
                to.write(toOffset + done, from.buffer(fromOffset + done, length));
            } else {
                from.read(fromOffset + done, between.clear().limit(length));
                to.write(toOffset + done, between.flip());
            }
        }
    }

    /** Whether there is a kernel with this key; if not, the operator's reference runs instead. */
    boolean has(String kernel);

    /** The keys of all kernels, sorted. */
    default List<String> kernels() {
        return List.of();
    }

    /** {@code launch}, or the first of what it names {@linkplain Launch#otherwise otherwise}, whose kernels are all here. */
    default Optional<Launch> choose(Launch launch) {
        Optional<Launch> choice = Optional.of(launch);
        while (choice.isPresent() && !hasKernelsOf(choice.get())) {
            choice = choice.get().otherwise();
        }
        return choice;
    }

    private boolean hasKernelsOf(Launch launch) {
        if (!has(launch.kernel())) {
            return false;
        }
        for (Launch.Argument argument : launch.arguments()) {
            if (argument instanceof Launch.Argument.Packed packed
                    && !has(packed.pack().kernel())) {
                return false;
            }
        }
        return true;
    }

    /**
     * The same hardware with a queue of its own: what runs there does not wait for what runs here. Memory belongs to one of the two;
     * both reach it. So that several ranks of a group can share a GPU.
     *
     * @throws UnsupportedOperationException where nothing is queued
     */
    default Device another() {
        throw new UnsupportedOperationException(name() + " queues nothing; it can be used twice as it is");
    }

    /** Processors of a GPU that run blocks of threads; 0 where there are none. */
    default int processors() {
        return 0;
    }

    /** Threads that a launch may use, the caller's included, unless a model asks for another number. */
    int threads();

    /** Bytes of scratch memory that the launch needs here, by so many threads if it runs on those of the host. */
    default long scratch(Launch launch, int threads) {
        return launch.scratch(threads);
    }

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

    /** The microseconds from before what {@code work} launches to behind it, by the device's own clock where it has one. */
    default double time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e3;
    }

    /**
     * What kernels on this hardware have done since the process began, exactly, by name: instructions such as {@code mma.m16n8k16}, each
     * once for the warp that executes it, and bytes where the name says so. Waits for what was launched here, which is not what {@link
     * #another} has in its queue. Only simulated GPUs count; other devices give nothing. What a build of the simulator cannot see has no
     * name there: {@code threads' global load bytes} and the like, of ordinary loads and stores, are the checked one's alone.
     *
     * @throws DeviceException if what was launched here has failed
     */
    default Map<String, Long> counters() {
        return Map.of();
    }

    /**
     * Prepares commands for {@link Program#run}.
     *
     * @param threads how many threads a run uses, the caller's included
     */
    Program compile(List<Program.Command> commands, int threads);
}
