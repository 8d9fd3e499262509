package io.sardonyx.testkit;

import io.sardonyx.tensor.DType;

/**
 * How far an element may lie from the oracle: {@code |actual - expected| <= absolute + relative · |expected|}. NaN matches NaN
 * alone, an infinity the same infinity alone.
 */
public record Tolerance(double relative, double absolute) {
    /** Every bit of the value. */
    public static final Tolerance EXACT = new Tolerance(0, 0);

    public static Tolerance of(double relative, double absolute) {
        return new Tolerance(relative, absolute);
    }

    /**
     * For a dot product of length {@code k} of values around 1 in {@code dtype}: {@code u} per term for a sum in any order, plus
     * the rounding of the result.
     */
    public static Tolerance dot(DType dtype, long k) {
        double u = unit(dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
        return new Tolerance(4 * unit(dtype), 4 * u * k);
    }

    /** A few units in the last place of {@code dtype}; exact for everything that is not a float. */
    public static Tolerance ulps(DType dtype, double ulps) {
        return dtype.isFloat() ? new Tolerance(2 * ulps * unit(dtype), 0) : EXACT;
    }

    /** What a case gets that states none: 16 ulps and a little around zero; exact for everything that is not a float. */
    public static Tolerance standard(DType dtype) {
        return dtype.isFloat() ? new Tolerance(32 * unit(dtype), 8 * unit(dtype)) : EXACT;
    }

    /** The unit roundoff. */
    private static double unit(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> 0x1p-53;
            case FLOAT32 -> 0x1p-24;
            case FLOAT16 -> 0x1p-11;
            case BFLOAT16 -> 0x1p-8;
            default -> 0x1p-3;
        };
    }

    /** NaN-safe: whatever is not surely within is outside. */
    boolean accepts(double actual, double expected) {
        if (Double.isNaN(expected) || Double.isNaN(actual)) {
            return Double.isNaN(expected) && Double.isNaN(actual);
        }
        if (Double.isInfinite(expected) || Double.isInfinite(actual)) {
            return expected == actual;
        }
        return Math.abs(actual - expected) <= absolute + relative * Math.abs(expected);
    }
}
