package io.sardonyx.bench.compare;

/** What two series of times say about the second. */
public enum Verdict {
    /** No difference that counts, and the noise would have let one be seen. */
    SAME,
    /** It takes less time. */
    FASTER,
    /** It takes more time. */
    SLOWER,
    /** The noise is larger than the difference. */
    UNSURE
}
