package io.sardonyx.bench.compare;

/**
 * What two builds that took turns showed, the last time that they did.
 *
 * @param ratio the candidate's time over the base's
 * @param turns that each had
 * @param seconds that the turns took
 * @param baseNanoseconds of each turn's fastest run, the median over turns
 * @param candidateNanoseconds the same of the candidate
 */
public record PairResult(
        Verdict verdict,
        Interval ratio,
        int turns,
        double seconds,
        double baseNanoseconds,
        double candidateNanoseconds) {
    /** The same times, of which others say something else. */
    PairResult unsure() {
        return new PairResult(Verdict.UNSURE, ratio, turns, seconds, baseNanoseconds, candidateNanoseconds);
    }
}
