package io.sardonyx.collective.plan;

import java.util.Optional;

/**
 * A simulated all-reduce: nothing here was measured.
 *
 * @param boundSeconds the least that the slowest link takes, at its full rate, for the fewest bytes that any algorithm sends over it
 * @param choice the fastest way; empty for one GPU
 */
public record Estimate(int gpus, long bytes, double seconds, double boundSeconds, Optional<Choice> choice) {
    /** An algorithm and how its data are announced. */
    public record Choice(Algorithm algorithm, Protocol protocol) {}

    /** Bytes of the message per second; 0 for one GPU, which moves nothing. */
    public double algbw() {
        return gpus == 1 ? 0 : bytes / seconds;
    }

    /** {@code algbw * 2(n - 1) / n}: what each link would carry per second if the algorithm were a ring. */
    public double busbw() {
        return algbw() * 2 * (gpus - 1) / gpus;
    }

    /** 1 where links are the only limit, and used to the full. */
    public double efficiency() {
        return gpus == 1 ? 1 : boundSeconds / seconds;
    }
}
