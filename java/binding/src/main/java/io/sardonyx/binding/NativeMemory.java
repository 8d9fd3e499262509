package io.sardonyx.binding;

import io.sardonyx.device.Memory;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;

/** A block of the native runtime's memory. If it is forgotten, it is freed once neither it nor a buffer of it is reachable. */
final class NativeMemory implements Memory {
    private static final Cleaner CLEANER = Cleaner.create();

    /** Bytes of a Java array that are copied at a time: it cannot be moved meanwhile. */
    private static final int PIECE = 1 << 20;

    private final NativeDevice device;
    private final Block block;
    private final Cleaner.Cleanable backstop;
    private ByteBuffer whole;

    NativeMemory(NativeDevice device, long address, long bytes) {
        this.device = device;
        block = new Block(device.handle(), address, bytes);
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
        return device.onHost();
    }

    @Override
    public ByteBuffer buffer(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, block.bytes);
        block.requireOpen();
        if (!onHost()) {
            throw new IllegalStateException(
                    this + " is on " + device + ", which Java cannot reach; read() copies from it");
        }
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
    public void read(long offset, ByteBuffer to) {
        copy(offset, to, true);
    }

    @Override
    public void write(long offset, ByteBuffer from) {
        copy(offset, from, false);
    }

    /**
     * Between {@code offset} and what remains of {@code buffer}. One on the heap goes to memory that Java cannot reach through a direct one,
     * piece by piece; to memory that Java can reach without a buffer of that, which would have to be found by the garbage collector.
     */
    private void copy(long offset, ByteBuffer buffer, boolean reading) {
        Objects.checkFromIndexSize(offset, buffer.remaining(), block.bytes);
        block.acquire();
        try {
            if (buffer.isDirect()) {
                copyDirect(offset, buffer.slice(), reading);
                buffer.position(buffer.limit());
                return;
            }
            if (onHost() && buffer.hasArray()) {
                copyArray(offset, buffer, reading);
                return;
            }
            if (onHost()) {
                ByteBuffer here = buffer(offset, buffer.remaining());
                (reading ? buffer : here).put(reading ? here : buffer);
                return;
            }
            ByteBuffer piece = ByteBuffer.allocateDirect(Math.min(buffer.remaining(), PIECE));
            for (long at = offset; buffer.hasRemaining(); at += piece.limit()) {
                piece.clear().limit(Math.min(buffer.remaining(), PIECE));
                if (reading) {
                    copyDirect(at, piece, true);
                    buffer.put(piece);
                } else {
                    int end = buffer.limit();
                    piece.put(buffer.limit(buffer.position() + piece.limit()));
                    buffer.limit(end);
                    copyDirect(at, piece.flip(), false);
                }
            }
        } finally {
            block.release();
        }
    }

    private void copyArray(long offset, ByteBuffer buffer, boolean reading) {
        for (long at = block.address + offset; buffer.hasRemaining(); at += PIECE) {
            int bytes = Math.min(buffer.remaining(), PIECE);
            int from = buffer.arrayOffset() + buffer.position();
            if (reading) {
                new Span(at, bytes).get(buffer.array(), from, bytes);
            } else {
                new Span(at, bytes).put(buffer.array(), from, bytes);
            }
            buffer.position(buffer.position() + bytes);
        }
    }

    private void copyDirect(long offset, ByteBuffer direct, boolean reading) {
        long ours = block.address + offset;
        long theirs = Native.sx_buffer_address(direct);
        device.copy(reading ? theirs : ours, reading ? ours : theirs, direct.remaining());
    }

    NativeDevice device() {
        return device;
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

    /** JavaCPP's way to foreign memory. */
    private static final class Span extends BytePointer {
        Span(long address, long bytes) {
            this.address = address;
            this.limit = bytes;
            this.capacity = bytes;
        }
    }
}
