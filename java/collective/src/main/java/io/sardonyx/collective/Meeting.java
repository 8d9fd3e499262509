package io.sardonyx.collective;

import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One step of a group of one process: what the ranks that have come want. Its group's lock guards it. */
final class Meeting {
    private final long step;
    private final Call[] calls;
    private final Tensor[] in;
    private final Tensor[] out;
    private final long[] deadlines;
    private boolean begun;

    Meeting(long step, int ranks) {
        this.step = step;
        calls = new Call[ranks];
        in = new Tensor[ranks];
        out = new Tensor[ranks];
        deadlines = new long[ranks];
    }

    long step() {
        return step;
    }

    /** Tensors are {@code null} for a barrier; they may be closed from here on, and are kept until the step is over. */
    void come(int rank, Call call, Tensor input, Tensor output, long deadline) {
        if (input != null) {
            input.lease();
            output.lease();
        }
        calls[rank] = call;
        in[rank] = input;
        out[rank] = output;
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
            exchange.begin(calls[0], present(in), present(out), Duration.ofNanos(Math.max(1, left)));
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
        present(in).forEach(Tensor::endLease);
        present(out).forEach(Tensor::endLease);
        Arrays.fill(in, null);
        Arrays.fill(out, null);
    }

    private static List<Tensor> present(Tensor[] tensors) {
        List<Tensor> present = new ArrayList<>(Arrays.asList(tensors));
        present.removeIf(t -> t == null);
        return present;
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
