package io.sardonyx.testkit;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.device.Program;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Another device behind a wall, so that what is written for GPUs is tested without one: its memory cannot be reached by Java, only
 * read, written and copied. Kernels are the other device's.
 */
public final class FarDevice implements Device {
    private final String name;
    private final Device near;

    /** @param name as in {@code far:0} */
    public FarDevice(String name, Device near) {
        this.name = name;
        this.near = near;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String describe() {
        return near.name() + " with memory out of Java's reach";
    }

    @Override
    public Memory allocate(long bytes) {
        return new FarMemory(name, near.allocate(bytes));
    }

    @Override
    public Memory wrap(ByteBuffer buffer) {
        throw new IllegalArgumentException(name + ": cannot use a buffer of the host");
    }

    @Override
    public long liveBytes() {
        return near.liveBytes();
    }

    @Override
    public boolean onHost() {
        return false;
    }

    @Override
    public void trim() {
        near.trim();
    }

    @Override
    public void copy(Memory to, long toOffset, Memory from, long fromOffset, long bytes) {
        near.copy(near(to), toOffset, near(from), fromOffset, bytes);
    }

    @Override
    public boolean has(String kernel) {
        return near.has(kernel);
    }

    @Override
    public List<String> kernels() {
        return near.kernels();
    }

    @Override
    public int threads() {
        return near.threads();
    }

    @Override
    public long scratch(Launch launch, int threads) {
        return near.scratch(launch, threads);
    }

    @Override
    public void launch(
            Launch launch,
            List<TensorType> inputTypes,
            Memory[] inputs,
            List<TensorType> outputTypes,
            Memory[] outputs) {
        near.launch(launch, inputTypes, near(inputs), outputTypes, near(outputs));
    }

    @Override
    public Program compile(List<Program.Command> commands, int threads) {
        return near.compile(commands, threads);
    }

    private Memory[] near(Memory... memories) {
        return Arrays.stream(memories).map(this::near).toArray(Memory[]::new);
    }

    /** What the other device sees; memory of the host, and what a test put around memory, as it is. */
    private Memory near(Memory memory) {
        if (memory instanceof FarMemory far && !far.device.equals(name)) {
            throw new IllegalArgumentException(name + ": given memory of " + far.device);
        }
        return memory instanceof FarMemory far ? far.memory : memory;
    }

    @Override
    public String toString() {
        return name;
    }

    private record FarMemory(String device, Memory memory) implements Memory {
        @Override
        public long byteSize() {
            return memory.byteSize();
        }

        @Override
        public long address() {
            return memory.address();
        }

        @Override
        public boolean onHost() {
            return false;
        }

        @Override
        public ByteBuffer buffer(long offset, int length) {
            throw new IllegalStateException("memory of " + device + " is not on the host");
        }

        @Override
        public void read(long offset, ByteBuffer to) {
            memory.read(offset, to);
        }

        @Override
        public void write(long offset, ByteBuffer from) {
            memory.write(offset, from);
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
