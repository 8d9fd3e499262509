package io.sardonyx.device;

import java.nio.ByteBuffer;

/** A block of a device's memory. Whoever allocated it closes it; closing twice does nothing. */
public interface Memory extends AutoCloseable {
    long byteSize();

    /** The address on the device; 0 for memory on the Java heap. */
    long address();

    /** Whether Java can reach it through {@link #buffer}. */
    boolean onHost();

    /**
     * Bytes {@code [offset, offset + length)}, little-endian, sharing memory.
     *
     * @throws IllegalStateException if it is closed or not on the host
     */
    ByteBuffer buffer(long offset, int length);

    @Override
    void close();
}
