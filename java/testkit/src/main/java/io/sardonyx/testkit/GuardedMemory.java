package io.sardonyx.testkit;

import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Memory between two guard bands, filled with a poison byte: shows what a kernel writes outside, or leaves unwritten. */
final class GuardedMemory implements Memory {
    private static final int BAND = 128;
    private static final byte GUARD = (byte) 0xa5;

    private final Memory memory;
    private final int bytes;

    GuardedMemory(Device device, long bytes, byte poison) {
        this.memory = device.allocate(bytes + 2 * BAND);
        this.bytes = Math.toIntExact(bytes);
        fill(0, BAND, GUARD);
        fill(BAND, this.bytes, poison);
        fill(BAND + bytes, BAND, GUARD);
    }

    private void fill(long offset, int length, byte value) {
        byte[] block = new byte[length];
        Arrays.fill(block, value);
        memory.write(offset, ByteBuffer.wrap(block));
    }

    /** @throws AssertionError if a byte of a guard band was written */
    void requireGuards(String what) {
        for (long offset : new long[] {0, BAND + (long) bytes}) {
            ByteBuffer band = ByteBuffer.allocate(BAND);
            memory.read(offset, band);
            for (int i = 0; i < BAND; i++) {
                if (band.get(i) != GUARD) {
                    throw new AssertionError(what + ": wrote "
                            + (offset == 0 ? BAND - i + " bytes before" : i + " bytes behind") + " its memory");
                }
            }
        }
    }

    @Override
    public long byteSize() {
        return bytes;
    }

    @Override
    public long address() {
        return memory.address() + BAND;
    }

    @Override
    public boolean onHost() {
        return memory.onHost();
    }

    @Override
    public ByteBuffer buffer(long offset, int length) {
        return memory.buffer(BAND + offset, length);
    }

    @Override
    public void read(long offset, ByteBuffer to) {
        memory.read(BAND + offset, to);
    }

    @Override
    public void write(long offset, ByteBuffer from) {
        memory.write(BAND + offset, from);
    }

    @Override
    public void close() {
        memory.close();
    }
}
