package io.sardonyx.binding;

import io.sardonyx.device.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** A direct buffer of the caller's, seen as memory. Closing it ends its use; the buffer stays the caller's. */
final class BorrowedMemory implements Memory {
    private final ByteBuffer bytes;
    private final long address;
    private volatile boolean closed;

    BorrowedMemory(ByteBuffer direct) {
        bytes = direct.slice();
        address = Native.sx_buffer_address(bytes);
    }

    @Override
    public long byteSize() {
        return bytes.capacity();
    }

    @Override
    public long address() {
        requireOpen();
        return address;
    }

    @Override
    public boolean onHost() {
        return true;
    }

    @Override
    public ByteBuffer buffer(long offset, int length) {
        requireOpen();
        Objects.checkFromIndexSize(offset, length, byteSize());
        return bytes.slice((int) offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the borrowed memory is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
