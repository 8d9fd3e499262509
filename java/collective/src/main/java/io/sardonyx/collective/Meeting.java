package io.sardonyx.collective;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One step of a group of one process: what the ranks that have come want. Its group's lock guards it. */
final class Meeting {
    private final long step;
    private final Call[] calls;
    private final TensorLease[] tensors;
    private final long[] deadlines;
    private boolean begun;

    Meeting(long step, int ranks) {
        this.step = step;
        calls = new Call[ranks];
        tensors = new TensorLease[ranks];
        deadlines = new long[ranks];
    }

    long step() {
        return step;
    }

    /** Takes over {@code given} until the step is over. */
    void come(int rank, Call call, TensorLease given, long deadline) {
        calls[rank] = call;
        tensors[rank] = given;
        deadlines[rank] = deadline;
    }

    boolean isComplete() {
        return Arrays.stream(calls).allMatch(c -> c != null);
    }

    /** What the ranks disagree on. */
    Optional<String> dispute() {
        for (int rank = 1; rank < calls.length; rank++) {
            if (!calls[rank].equals(calls[0])) {
                endLeases();
                return Optional.of(
                        "rank 0 wants " + calls[0].describe() + ", rank " + rank + " wants " + calls[rank].describe());
            }
        }
        return Optional.empty();
    }

    void begin(Exchange exchange) {
        try {
            long left = Arrays.stream(deadlines).min().orElseThrow() - System.nanoTime();
            exchange.begin(calls[0], List.of(tensors), Duration.ofNanos(Math.max(1, left)));
            begun = true;
        } finally {
            endLeases();
        }
    }

    /** Nobody will begin it. */
    void abandon() {
        endLeases();
    }

    private void endLeases() {
        for (TensorLease lease : tensors) {
            if (lease != null) {
                lease.close();
            }
        }
    }

    boolean hasBegun() {
        return begun;
    }

    long deadline(int rank) {
        return deadlines[rank];
    }

    /** Of that rank's input. */
    long bytes(int rank) {
        return calls[rank].bytes();
    }

    /** Who has not come, as a sentence. */
    String absent() {
        List<Integer> ranks = new ArrayList<>();
        for (int rank = 0; rank < calls.length; rank++) {
            if (calls[rank] == null) {
                ranks.add(rank);
            }
        }
        return (ranks.size() == 1 ? "rank " + ranks.get(0) + " has" : "ranks " + ranks + " have") + " not come to "
                + describe() + " in time";
    }

    /** What the first that came wants. */
    String describe() {
        return Arrays.stream(calls)
                .filter(c -> c != null)
                .findFirst()
                .orElseThrow()
                .describe();
    }
}
