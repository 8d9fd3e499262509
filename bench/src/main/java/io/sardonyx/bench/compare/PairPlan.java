package io.sardonyx.bench.compare;

/**
 * How two builds are compared.
 *
 * @param threads of each
 * @param turnSeconds that each runs before it is the other's turn
 * @param limitSeconds after which a pair of JVMs takes no more turns
 */
public record PairPlan(int threads, double turnSeconds, double limitSeconds, Threshold threshold) {
    /** A machine changes little in this time. */
    public static final double TURN_SECONDS = 0.02;

    /** @throws IllegalArgumentException if there is no thread or no time */
    public PairPlan {
        if (threads < 1 || !(turnSeconds > 0) || !(limitSeconds > 0) || Double.isInfinite(limitSeconds)) {
            throw new IllegalArgumentException("expected threads and times above 0, given " + threads + " threads, "
                    + turnSeconds + " s a turn, " + limitSeconds + " s");
        }
    }
}
