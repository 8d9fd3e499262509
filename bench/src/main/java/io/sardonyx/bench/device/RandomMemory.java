package io.sardonyx.bench.device;

import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/** Normal values, without end: zeros draw less power than data, and then clocks stay higher than they ever would. */
final class RandomMemory {
    /** This is what repeats; its length is no power of two, so that buffers differ. */
    private static final int ELEMENTS = 1_000_003;

    private static final Map<DType, ByteBuffer> BLOCKS = new EnumMap<>(DType.class);

    private RandomMemory() {}

    static Memory of(Device device, DType dtype, long bytes) {
        Memory memory = device.allocate(bytes);
        ByteBuffer block = block(dtype);
        for (long at = 0; at < bytes; at += block.capacity()) {
            int length = (int) Math.min(block.capacity(), bytes - at);
            memory.write(at, block.slice(0, length));
        }
        return memory;
    }

    /** In direct memory, which is copied without a detour. */
    static ByteBuffer block(DType dtype) {
        return BLOCKS.computeIfAbsent(dtype, type -> {
            HostTensor values = HostTensor.allocate(new TensorType(type, Shape.of(ELEMENTS)));
            Random random = new Random(1);
            for (int i = 0; i < ELEMENTS; i++) {
                values.set(i, random.nextGaussian());
            }
            return ByteBuffer.allocateDirect((int) values.type().byteSize())
                    .put(values.data())
                    .flip();
        });
    }
}
