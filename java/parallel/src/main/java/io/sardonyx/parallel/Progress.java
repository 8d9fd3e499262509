package io.sardonyx.parallel;

import io.sardonyx.collective.CollectiveException;
import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.Group;
import java.util.Optional;

/**
 * How far each rank is in one run. A rank that fails does not come to the all-reduces that it has left, so those that wait in one have to be
 * freed, which ends the group; but where all ranks refuse the same data at the same node, nobody waits, and the group is as good as before.
 */
final class Progress {
    private final Group group;
    private final int[] begun;
    private final int[] come;
    private final boolean[] failed;
    private Optional<RuntimeException> cause = Optional.empty();
    private boolean endedGroup;

    Progress(Group group) {
        this.group = group;
        begun = new int[group.size()];
        come = new int[group.size()];
        failed = new boolean[group.size()];
    }

    /**
     * A rank is about to begin its next all-reduce, of so many bytes.
     *
     * @throws CollectiveException if a rank will not come
     */
    synchronized void begin(int rank, long bytes) {
        for (int other = 0; other < failed.length; other++) {
            if (failed[other] && come[other] <= begun[rank]) {
                throw new CollectiveException(
                        Reason.PEER_LOST,
                        rank,
                        begun[rank],
                        bytes,
                        "rank " + other + " failed: " + cause.orElseThrow().getMessage(),
                        cause.orElseThrow());
            }
        }
        begun[rank]++;
    }

    /** The others do not wait for this rank in the all-reduce that it has begun. */
    synchronized void come(int rank) {
        come[rank]++;
    }

    synchronized void fail(int rank, RuntimeException failure) {
        failed[rank] = true;
        note(failure);
        for (int other = 0; other < begun.length; other++) {
            if (other != rank && begun[other] > come[rank]) {
                endGroup();
            }
        }
    }

    /** The thread that asked for the run does not want it any more. */
    synchronized void interrupt(InterruptedException interrupted) {
        note(new CollectiveException(Reason.INTERRUPTED, 0, begun[0], 0, "interrupted during the run", interrupted));
        endGroup();
    }

    private void note(RuntimeException failure) {
        if (cause.isEmpty()) {
            cause = Optional.of(failure);
        }
    }

    /** Whoever waits for a rank stops. */
    private void endGroup() {
        if (!endedGroup) {
            endedGroup = true;
            group.close();
        }
    }

    /** What failed first. */
    synchronized Optional<RuntimeException> cause() {
        return cause;
    }

    synchronized boolean hasEndedGroup() {
        return endedGroup;
    }
}
