package io.sardonyx.binding;

import io.sardonyx.device.Memory;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;

/** A block of the native runtime's memory. If it is forgotten, it is freed once neither it nor a buffer of it is reachable. */
final class NativeMemory implements Memory {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Block block;
    private final Cleaner.Cleanable backstop;
    private ByteBuffer whole;

    NativeMemory(long device, long address, long bytes) {
        block = new Block(device, address, bytes);
        backstop = CLEANER.register(this, block);
    }

    /** Whether the device with this handle allocated it. */
    boolean isOn(long device) {
        return block.device == device;
    }

    /** The handle for a call that uses this memory. */
    Handle handle() {
        return block;
    }

    @Override
    public long byteSize() {
        return block.bytes;
    }

    @Override
    public long address() {
        block.requireOpen();
        return block.address;
    }

    @Override
    public boolean onHost() {
        return true;
    }

    @Override
    public ByteBuffer buffer(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, block.bytes);
        block.requireOpen();
        ByteBuffer buffer =
                block.bytes > Integer.MAX_VALUE ? view(offset, length) : whole().slice((int) offset, length);
        return buffer.order(ByteOrder.LITTLE_ENDIAN);
    }

    private synchronized ByteBuffer whole() {
        if (whole == null) {
            whole = view(0, block.bytes);
        }
        return whole;
    }

    /** A buffer that keeps the block from being freed as forgotten. Slices of it keep it reachable. */
    private ByteBuffer view(long offset, long length) {
        ByteBuffer view = new Span(block.address + offset, length).asByteBuffer();
        block.guards.incrementAndGet();
        CLEANER.register(view, block);
        return view;
    }

    @Override
    public void close() {
        block.close();
        backstop.clean();
    }

    @Override
    public String toString() {
        return block.what();
    }

    private static final class Block extends Handle implements Runnable {
        private final long device;
        private final long bytes;
        /** Objects whose reachability keeps this block: the memory and its buffers. */
        private final AtomicInteger guards = new AtomicInteger(1);

        Block(long device, long address, long bytes) {
            super(address);
            this.device = device;
            this.bytes = bytes;
        }

        @Override
        void free() {
            Native.sx_free(device, address, bytes);
        }

        @Override
        String what() {
            return "memory of " + bytes + " bytes";
        }

        /** One of the guards is not reachable any more. */
        @Override
        public void run() {
            if (guards.decrementAndGet() == 0) {
                close();
            }
        }
    }

    /** JavaCPP's way to a direct buffer of foreign memory. */
    private static final class Span extends Pointer {
        Span(long address, long bytes) {
            this.address = address;
            this.limit = bytes;
            this.capacity = bytes;
        }

        @Override
        public int sizeof() {
            return 1;
        }
    }
}
