package io.sardonyx.collective;

import io.sardonyx.device.Memory;
import java.nio.ByteBuffer;

/**
 * What ranks tell each other at the beginning of a call: a header of a few bytes, the same on all of them if they want the same.
 *
 * @param mine this rank's header
 * @param all room for every rank's, by rank
 * @param bytes of one header
 */
public record Agreement(Memory mine, Memory all, int bytes) {
    /** Whether all ranks brought what this one did; to be asked when {@code all} is complete. */
    public boolean isReached() {
        ByteBuffer own = read(mine);
        ByteBuffer others = read(all);
        for (int rank = 0; rank < others.capacity() / bytes; rank++) {
            if (!others.slice(rank * bytes, bytes).equals(own)) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer read(Memory memory) {
        ByteBuffer content = ByteBuffer.allocate((int) memory.byteSize());
        memory.read(0, content);
        return content.rewind();
    }
}
