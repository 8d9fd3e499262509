package io.sardonyx.bench.define;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * An input of a {@link Problem}.
 *
 * @param low the least of integers; floats are normal
 * @param high what integers are below
 * @param constant whether it stays the same in all calls, as a weight does, so that a contender may rearrange it beforehand
 */
public record Operand(TensorType type, int low, int high, boolean constant) {
    /** This is what repeats; a prime, so that no two rows are alike. */
    private static final int ELEMENTS = 1_000_003;

    private static final int SMALL = 100;

    static Operand of(TensorType type) {
        return type.dtype() == DType.INT8
                ? new Operand(type, -SMALL, SMALL, false)
                : new Operand(type, 0, SMALL, false);
    }

    static Operand indices(int count, TensorType type) {
        return new Operand(type, 0, count, false);
    }

    Operand asConstant() {
        return new Operand(type, low, high, true);
    }

    /** The same values from the same seed, in every process. Zeros draw less power than data, so there are none. */
    public HostTensor values(long seed) {
        HostTensor all = HostTensor.allocate(type);
        int head = Math.min(all.size(), ELEMENTS);
        Random random = new Random(seed);
        for (int i = 0; i < head; i++) {
            if (type.dtype().isFloat()) {
                all.set(i, random.nextGaussian());
            } else {
                all.set(i, (long) low + random.nextInt(high - low));
            }
        }
        ByteBuffer bytes = all.data();
        int total = (int) type.byteSize();
        for (int done = (int) type.dtype().byteSize(head); done < total; ) { // twice as much each time
            int length = Math.min(done, total - done);
            bytes.put(done, bytes, 0, length);
            done += length;
        }
        return all;
    }
}
