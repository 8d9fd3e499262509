package io.sardonyx.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/** Stops a run from outside: cancelled by another thread, or past its deadline. Polled between nodes. */
public final class RunControl {
    private static final int CANCELLED = 0;
    private static final int DEADLINE = 8;
    private static final int STEP = 16;

    /** The C struct sx_control; a direct buffer, so that native code polls the same words. */
    private final ByteBuffer words = ByteBuffer.allocateDirect(24).order(ByteOrder.nativeOrder());

    /** Makes this ready for another run; {@code null} or a zero timeout: no deadline. */
    public RunControl reset(Duration timeout) {
        words.putLong(CANCELLED, 0).putLong(STEP, 0);
        words.putLong(DEADLINE, timeout == null || timeout.isZero() ? 0 : System.nanoTime() + timeout.toNanos());
        return this;
    }

    /** Stops the run at its next check. */
    public void cancel() {
        words.putLong(CANCELLED, 1);
    }

    /**
     * Stops the run here if it was cancelled, its thread was interrupted, or its deadline has passed.
     *
     * @throws RunStoppedException then
     */
    public void check() {
        if (words.getLong(CANCELLED) != 0 || Thread.currentThread().isInterrupted()) {
            throw new RunStoppedException(RunStoppedException.Reason.CANCELLED);
        }
        long deadline = words.getLong(DEADLINE);
        if (deadline != 0 && System.nanoTime() - deadline > 0) {
            throw new RunStoppedException(RunStoppedException.Reason.TIMEOUT);
        }
    }

    /** The words that native code polls; see sx_control. */
    public ByteBuffer words() {
        return words;
    }

    /** The command that failed, as native code left it. */
    public int step() {
        return (int) words.getLong(STEP);
    }
}
