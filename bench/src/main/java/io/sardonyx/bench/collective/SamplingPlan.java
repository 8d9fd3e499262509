package io.sardonyx.bench.collective;

/**
 * How long one line is measured.
 *
 * @param seconds for warm-up and samples together, about
 * @param calls of a sample; 0 for as many as the time allows
 */
public record SamplingPlan(double seconds, int calls) {
    /** Few enough that no queue of a GPU is ever full, which would let the host's pace in. */
    static final int MOST_CALLS = 64;

    static final int SAMPLES = 15;

    public SamplingPlan {
        if (!(seconds > 0) || calls < 0 || calls > MOST_CALLS) {
            throw new IllegalArgumentException("expected seconds above 0 and at most " + MOST_CALLS
                    + " calls in a sample, given " + seconds + " and " + calls);
        }
    }

    /** So many samples of these microseconds that they fill half the time, until clocks, caches and compilers are warm. */
    int warmUps(double microseconds) {
        return (int) Math.max(1, seconds * 1e6 / 2 / Math.max(0.1, microseconds));
    }

    /** So many calls of these microseconds that samples and as long a warm-up fill the time. */
    int calls(double microseconds) {
        return calls > 0
                ? calls
                : (int) Math.max(1, Math.min(MOST_CALLS, seconds * 1e6 / (2 * SAMPLES) / Math.max(0.1, microseconds)));
    }
}
