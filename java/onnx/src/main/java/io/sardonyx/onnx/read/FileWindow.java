package io.sardonyx.onnx.read;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads protobuf's numbers from a file at a position that is moved freely; a window of the file is held. */
final class FileWindow {
    private static final int SIZE = 1 << 16;

    private final FileChannel file;
    private final ByteBuffer window = ByteBuffer.allocate(SIZE).limit(0);
    private ByteBuffer piece;
    private long start;
    private long position;

    FileWindow(FileChannel file) {
        this.file = file;
    }

    long position() {
        return position;
    }

    void moveTo(long to) {
        position = to;
    }

    /** A number in groups of seven bits, the lowest first. */
    long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = next();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("a number of more than 10 bytes");
    }

    private byte next() throws IOException {
        if (position < start || position >= start + window.limit()) {
            start = position;
            window.clear();
            window.limit(Math.max(0, file.read(window, start)));
        }
        if (window.limit() == 0) {
            throw new EOFException();
        }
        return window.get((int) (position++ - start));
    }

    /** Appends the bytes {@code [from, end)} to {@code to}. */
    void copy(long from, long end, ByteArrayOutputStream to) throws IOException {
        if (piece == null) {
            piece = ByteBuffer.allocate(SIZE);
        }
        for (long at = from; at < end; at += piece.position()) {
            piece.clear().limit((int) Math.min(piece.capacity(), end - at));
            if (file.read(piece, at) < 0) {
                throw new EOFException();
            }
            to.write(piece.array(), 0, piece.position());
        }
    }
}
