package io.sardonyx.collective;

/**
 * A collective call failed on this rank: which one, in which step of its group, and over how many bytes. The group is of no more use
 * then, since its ranks may be in different steps; every later call fails with the first cause.
 */
public final class CollectiveException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong. */
    public enum Reason {
        /** A rank did not come, or did not finish, before the deadline. */
        TIMEOUT,
        /** Ranks asked for different things: another operation, size, type or step. */
        MISMATCH,
        /** A rank's process or device is gone. */
        PEER_LOST,
        /** The group was closed, by this rank or by another. */
        CLOSED,
        /** The waiting thread was interrupted; its flag is set again. */
        INTERRUPTED,
        /** Anything else; the message says what. */
        FAILED
    }

    private final Reason reason;
    private final int rank;
    private final long step;
    private final long bytes;

    /**
     * @param rank the rank that this happened to
     * @param step the call's number in its group, from 0
     * @param bytes of this rank's tensor
     */
    public CollectiveException(Reason reason, int rank, long step, long bytes, String message, Throwable cause) {
        super("rank " + rank + ", step " + step + ", " + bytes + " bytes: " + message, cause);
        this.reason = reason;
        this.rank = rank;
        this.step = step;
        this.bytes = bytes;
    }

    public Reason reason() {
        return reason;
    }

    /** The rank that this happened to. */
    public int rank() {
        return rank;
    }

    /** The call's number in its group, from 0. */
    public long step() {
        return step;
    }

    /** Bytes of this rank's tensor. */
    public long bytes() {
        return bytes;
    }
}
