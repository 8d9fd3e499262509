package io.sardonyx.bench.compare;

/**
 * What two builds that took turns showed.
 *
 * @param ratio the candidate's time over the base's
 * @param turns that each had
 * @param seconds that the turns took
 * @param baseNanoseconds of a run, the median over turns
 * @param candidateNanoseconds of a run
 */
public record PairResult(
        Verdict verdict,
        Interval ratio,
        int turns,
        double seconds,
        double baseNanoseconds,
        double candidateNanoseconds) {}
