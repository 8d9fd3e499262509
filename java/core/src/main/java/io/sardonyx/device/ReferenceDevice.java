package io.sardonyx.device;

import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Plain Java: memory on the heap, no kernels, so that every operator runs as its reference. The oracle of all tests. */
public final class ReferenceDevice implements Device {
    /** There is one, without state. */
    public static final ReferenceDevice INSTANCE = new ReferenceDevice();

    private ReferenceDevice() {}

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String describe() {
        return "plain Java " + Runtime.version().feature() + ", one thread, exact but slow";
    }

    @Override
    public Memory allocate(long bytes) {
        if (bytes > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException(
                    "the reference device holds tensors below 2 GiB, not " + bytes + " bytes");
        }
        return new HeapMemory(ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    @Override
    public Memory wrap(ByteBuffer buffer) {
        return new HeapMemory(buffer.slice());
    }

    @Override
    public long liveBytes() {
        return 0;
    }

    @Override
    public boolean has(String kernel) {
        return false;
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public void launch(
            Launch launch,
            List<TensorType> inputTypes,
            Memory[] inputs,
            List<TensorType> outputTypes,
            Memory[] outputs) {
        throw new DeviceException(launch.kernel(), DeviceException.Code.INVALID, "the reference device has no kernels");
    }

    @Override
    public Program compile(List<Program.Command> commands, int threads) {
        throw new DeviceException("compile", DeviceException.Code.INVALID, "the reference device has no kernels");
    }

    @Override
    public String toString() {
        return name();
    }

    private record HeapMemory(ByteBuffer bytes) implements Memory {
        @Override
        public long byteSize() {
            return bytes.capacity();
        }

        @Override
        public long address() {
            return 0;
        }

        @Override
        public boolean onHost() {
            return true;
        }

        @Override
        public ByteBuffer buffer(long offset, int length) {
            return bytes.slice(Math.toIntExact(offset), length).order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void close() {}
    }
}
