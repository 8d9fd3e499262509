package io.sardonyx.binding;

import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Off-heap words for the arguments of one native call; each thread reuses its own. What a call needs is written in order and
 * passed as one address.
 */
final class CallBlock {
    /** sizeof(sx_tensor). */
    static final int TENSOR_BYTES = 16 + 8 * Native.MAX_RANK;

    private static final ThreadLocal<CallBlock> OF_THREAD = ThreadLocal.withInitial(CallBlock::new);

    private ByteBuffer words;
    private long address;
    private ByteBuffer control;
    private long controlAddress;

    private CallBlock() {
        grow(2048);
    }

    /** This thread's block, empty and with room for {@code bytes}. */
    static CallBlock ofThread(int bytes) {
        CallBlock block = OF_THREAD.get();
        if (block.words.capacity() < bytes) {
            block.grow(bytes);
        }
        block.words.clear();
        return block;
    }

    private void grow(int bytes) {
        words = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        address = Native.sx_buffer_address(words);
    }

    long address() {
        return address;
    }

    /** The address of what is written next. */
    long next() {
        return address + words.position();
    }

    void put(long word) {
        words.putLong(word);
    }

    void put(long[] values) {
        for (long value : values) {
            words.putLong(value);
        }
    }

    /** An {@code sx_tensor}. */
    void putTensor(long data, TensorType type) {
        Shape shape = type.shape();
        int rank = shape.rank();
        int start = words.position();
        words.putLong(data).putInt(type.dtype().code()).putInt(rank);
        for (int axis = 0; axis < rank; axis++) {
            words.putLong(shape.size(axis));
        }
        words.position(start + TENSOR_BYTES);
    }

    /** An {@code sx_tensor} that stands for an absent optional input. */
    void putAbsent() {
        int start = words.position();
        words.putLong(0).putInt(0).putInt(-1).position(start + TENSOR_BYTES);
    }

    /** The address of a direct buffer, kept for the next call with the same one. */
    long addressOf(ByteBuffer buffer) {
        if (control != buffer) {
            controlAddress = Native.sx_buffer_address(buffer);
            control = buffer;
        }
        return controlAddress;
    }
}
