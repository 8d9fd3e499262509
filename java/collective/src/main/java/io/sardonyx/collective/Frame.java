package io.sardonyx.collective;

import io.sardonyx.collective.CollectiveException.Reason;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * What processes say to each other at a rendezvous.
 *
 * @param round how often the sender has called {@code allGather} before
 * @param millis what is left of the sender's deadline
 */
record Frame(Kind kind, int rank, int size, int round, int millis, byte[] payload) {
    /** A rank's own bytes; all ranks' bytes; or why there will be none, in words. */
    enum Kind {
        COME,
        ALL,
        LATE,
        WRONG,
        LOST;

        /** How others are told of {@code e}. */
        static Kind of(Exception e) {
            return e instanceof TimeoutException
                    ? LATE
                    : e instanceof TransportException t && t.reason() == Reason.PEER_LOST ? LOST : WRONG;
        }
    }

    /** The bytes of all ranks, or the exception that this tells of. */
    List<byte[]> result() throws TimeoutException {
        String words = new String(payload, StandardCharsets.UTF_8);
        return switch (kind) {
            case ALL -> split(payload);
            case LATE -> throw new TimeoutException(words);
            case LOST -> throw new TransportException(Reason.PEER_LOST, words, null);
            case WRONG -> throw new TransportException(Reason.MISMATCH, words, null);
            case COME -> throw new TransportException(Reason.MISMATCH, "another rank " + rank + " answers", null);
        };
    }

    private static final long MAGIC = 0x5358_5245_4e44_5a31L;
    private static final int HEADER = Long.BYTES + 6 * Integer.BYTES;
    private static final int MOST_BYTES = 1 << 26;

    static ByteBuffer header() {
        return ByteBuffer.allocate(HEADER);
    }

    ByteBuffer encode() {
        return ByteBuffer.allocate(HEADER + payload.length)
                .putLong(MAGIC)
                .putInt(kind.ordinal())
                .putInt(rank)
                .putInt(size)
                .putInt(round)
                .putInt(millis)
                .putInt(payload.length)
                .put(payload)
                .flip();
    }

    /** With a payload of zeros, to be filled. */
    static Frame decode(ByteBuffer header) throws ProtocolException {
        long magic = header.getLong();
        int kind = header.getInt();
        int rank = header.getInt();
        int size = header.getInt();
        int round = header.getInt();
        int millis = header.getInt();
        int bytes = header.getInt();
        if (magic != MAGIC || kind < 0 || kind >= Kind.values().length || bytes < 0 || bytes > MOST_BYTES) {
            throw new ProtocolException("this is no process of the rendezvous");
        }
        return new Frame(Kind.values()[kind], rank, size, round, millis, new byte[bytes]);
    }

    static byte[] join(List<byte[]> parts) {
        ByteBuffer joined = ByteBuffer.allocate(
                parts.stream().mapToInt(part -> Integer.BYTES + part.length).sum());
        parts.forEach(part -> joined.putInt(part.length).put(part));
        return joined.array();
    }

    private static List<byte[]> split(byte[] joined) {
        ByteBuffer rest = ByteBuffer.wrap(joined);
        List<byte[]> parts = new ArrayList<>();
        while (rest.hasRemaining()) {
            byte[] part = new byte[rest.getInt()];
            rest.get(part);
            parts.add(part);
        }
        return parts;
    }
}
