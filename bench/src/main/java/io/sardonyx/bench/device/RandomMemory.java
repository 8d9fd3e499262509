package io.sardonyx.bench.device;

import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * Normal values, without end: zeros draw less power than data, and then clocks stay higher than they ever would. Integers are from 0
 * to a bound, so that they may be indices.
 */
final class RandomMemory {
    /** This is what repeats; its length is no power of two, so that buffers differ. */
    private static final int ELEMENTS = 1_000_003;

    /** What integers are below that are no indices. */
    static final int SMALL = 100;

    private record Kind(DType dtype, int bound) {}

    private static final Map<Kind, ByteBuffer> BLOCKS = new HashMap<>();

    private RandomMemory() {}

    static Memory of(Device device, DType dtype, int bound, long bytes) {
        Memory memory = device.allocate(bytes);
        ByteBuffer block = block(dtype, bound);
        long done = Math.min(block.capacity(), bytes);
        memory.write(0, block.slice(0, (int) done));
        while (done < bytes) { // twice as much each time
            long length = Math.min(done, bytes - done);
            device.copy(memory, done, memory, 0, length);
            done += length;
        }
        return memory;
    }

    /** In direct memory, which is copied without a detour. */
    static ByteBuffer block(DType dtype, int bound) {
        return BLOCKS.computeIfAbsent(new Kind(dtype, bound), kind -> {
            HostTensor values = HostTensor.allocate(new TensorType(dtype, Shape.of(ELEMENTS)));
            Random random = new Random(1);
            for (int i = 0; i < ELEMENTS; i++) {
                if (dtype.isFloat()) {
                    values.set(i, random.nextGaussian());
                } else {
                    values.set(i, (long) random.nextInt(bound));
                }
            }
            return ByteBuffer.allocateDirect((int) values.type().byteSize())
                    .put(values.data())
                    .flip();
        });
    }
}
