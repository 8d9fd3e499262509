package io.sardonyx.bench.define;

import io.sardonyx.tensor.DType;

/** How far an element may lie from the reference: {@code |actual - expected| <= absolute + relative |expected|}. */
public record Tolerance(double relative, double absolute) {
    /** Every bit of the value. */
    public static final Tolerance EXACT = new Tolerance(0, 0);

    /** For sums of {@code terms} products of values around 1, in any order: a unit roundoff for each term, and the result's. */
    static Tolerance sum(DType dtype, long terms) {
        return dtype.isFloat() ? new Tolerance(4 * unit(dtype), 4 * unit(DType.FLOAT32) * terms) : EXACT;
    }

    /** Some units in the last place, and a little around zero. */
    static Tolerance standard(DType dtype) {
        return dtype.isFloat() ? new Tolerance(64 * unit(dtype), 16 * unit(dtype)) : EXACT;
    }

    /** For errors that come together. */
    Tolerance plus(Tolerance other) {
        return new Tolerance(relative + other.relative, absolute + other.absolute);
    }

    /** NaN-safe: whatever is not surely within is outside. */
    public boolean accepts(double actual, double expected) {
        return Math.abs(actual - expected) <= absolute + relative * Math.abs(expected);
    }

    private static double unit(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> 0x1p-53;
            case FLOAT16 -> 0x1p-11;
            case BFLOAT16 -> 0x1p-8;
            default -> 0x1p-24;
        };
    }
}
