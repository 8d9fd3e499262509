package io.sardonyx.device;

import java.nio.ByteBuffer;

/** A block of a device's memory. Whoever allocated it closes it; closing twice does nothing. */
public interface Memory extends AutoCloseable {
    long byteSize();

    /** The address on the device; 0 for memory on the Java heap. */
    long address();

    /** Whether Java can reach it through {@link #buffer}; {@link #read} and {@link #write} work for all memory. */
    boolean onHost();

    /**
     * Bytes {@code [offset, offset + length)}, little-endian, sharing memory.
     *
     * @throws IllegalStateException if it is closed or not on the host
     */
    ByteBuffer buffer(long offset, int length);

    /**
     * Fills what remains of {@code to} with the bytes from {@code offset} on, and returns when they are there.
     *
     * @throws IndexOutOfBoundsException if this ends before
     * @throws IllegalStateException if it is closed
     */
    default void read(long offset, ByteBuffer to) {
        to.put(buffer(offset, to.remaining()));
    }

    /**
     * Writes what remains of {@code from} to {@code offset}, and returns when {@code from} may change again.
     *
     * @throws IndexOutOfBoundsException if this ends before
     * @throws IllegalStateException if it is closed
     */
    default void write(long offset, ByteBuffer from) {
        buffer(offset, from.remaining()).put(from);
    }

    @Override
    void close();
}
