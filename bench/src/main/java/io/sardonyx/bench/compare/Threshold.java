package io.sardonyx.bench.compare;

/**
 * The smallest difference that counts. Within it, as a part of the time, two times are the same: {@code 0.025} allows
 * ratios from 1/1.025 to 1.025.
 */
public record Threshold(double part) {
    /** Enough for machines that others use, too; a difference of 5 % stands clear of it. */
    public static final Threshold USUAL = new Threshold(0.025);

    private static final double LARGEST = 1;

    /** @throws IllegalArgumentException if the part is not above 0 and at most 1 */
    public Threshold {
        if (!(part > 0 && part <= LARGEST)) {
            throw new IllegalArgumentException("expected a threshold above 0 % and at most 100 %, given " + 100 * part);
        }
    }

    /**
     * The same only where the whole interval says so; slower or faster where all of it lies on one side of 1 and the
     * estimate is a difference that counts.
     */
    public Verdict verdict(Interval ratio) {
        double most = 1 + part;
        if (ratio.low() >= 1 / most && ratio.high() <= most) {
            return Verdict.SAME;
        }
        if (ratio.low() > 1 && ratio.estimate() > most) {
            return Verdict.SLOWER;
        }
        if (ratio.high() < 1 && ratio.estimate() < 1 / most) {
            return Verdict.FASTER;
        }
        return Verdict.UNSURE;
    }

    /** Whether a ratio is a difference that counts. */
    boolean isPassedBy(double ratio) {
        return ratio > 1 + part || ratio < 1 / (1 + part);
    }
}
