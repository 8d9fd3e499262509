package io.sardonyx.tensor;

/**
 * Conversion between {@code double} and the floating-point formats of at most 16 bits: float16, bfloat16, the five float8
 * formats and float4. Encoding rounds to nearest, ties to even, in one step.
 *
 * <p>Sources: IEEE 754-2019; ONNX, "Float stored in 8 bits" and "Float stored in 4 bits".
 */
public final class MiniFloat {
    private enum Specials {
        /** Infinities and many NaNs, as IEEE has them. */
        IEEE,
        /** No infinity; NaN has all exponent and mantissa bits set ("FN"). */
        FINITE,
        /** No infinity, no negative zero; NaN is the pattern of negative zero ("FNUZ"). */
        FINITE_UNSIGNED_ZERO,
        /** Neither infinity nor NaN (float4). */
        NONE
    }

    private static final MiniFloat F16 = new MiniFloat(5, 10, 15, Specials.IEEE);
    private static final MiniFloat BF16 = new MiniFloat(8, 7, 127, Specials.IEEE);
    private static final MiniFloat E4M3FN = new MiniFloat(4, 3, 7, Specials.FINITE);
    private static final MiniFloat E4M3FNUZ = new MiniFloat(4, 3, 8, Specials.FINITE_UNSIGNED_ZERO);
    private static final MiniFloat E5M2 = new MiniFloat(5, 2, 15, Specials.IEEE);
    private static final MiniFloat E5M2FNUZ = new MiniFloat(5, 2, 16, Specials.FINITE_UNSIGNED_ZERO);
    private static final MiniFloat E2M1 = new MiniFloat(2, 1, 1, Specials.NONE);

    private final int exponentBits;
    private final int mantissaBits;
    private final int bias;
    private final Specials specials;
    private final double largest;

    private MiniFloat(int exponentBits, int mantissaBits, int bias, Specials specials) {
        this.exponentBits = exponentBits;
        this.mantissaBits = mantissaBits;
        this.bias = bias;
        this.specials = specials;
        this.largest = decode(largestBits());
    }

    /** The value of {@code bits} in the format {@code type}. */
    public static double decode(DType type, int bits) {
        if (type == DType.FLOAT8E8M0) {
            return (bits & 0xff) == 0xff ? Double.NaN : Math.scalb(1.0, (bits & 0xff) - 127);
        }
        return of(type).decode(bits);
    }

    /** {@code value} rounded to the format {@code type}; what is too large becomes infinite, or NaN where there is no infinity. */
    public static int encode(DType type, double value) {
        return encode(type, value, false);
    }

    /** As {@link #encode(DType, double)}; with {@code saturate}, what is too large becomes the largest finite value. */
    public static int encode(DType type, double value, boolean saturate) {
        if (type == DType.FLOAT8E8M0) {
            return encodePowerOfTwo(value);
        }
        return of(type).encode(value, saturate);
    }

    private static MiniFloat of(DType type) {
        return switch (type) {
            case FLOAT16 -> F16;
            case BFLOAT16 -> BF16;
            case FLOAT8E4M3FN -> E4M3FN;
            case FLOAT8E4M3FNUZ -> E4M3FNUZ;
            case FLOAT8E5M2 -> E5M2;
            case FLOAT8E5M2FNUZ -> E5M2FNUZ;
            case FLOAT4E2M1 -> E2M1;
            default -> throw new IllegalArgumentException(type + " is not a floating-point format of at most 16 bits");
        };
    }

    /** The format has an exponent only; rounds up, as ONNX's default for scales does. */
    private static int encodePowerOfTwo(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value) || value < 0) {
            return 0xff;
        }
        if (value == 0) {
            return 0;
        }
        int exponent = Math.getExponent(value);
        if (value > Math.scalb(1.0, exponent)) {
            exponent++;
        }
        return Math.min(Math.max(exponent + 127, 0), 0xfe);
    }

    private int largestBits() {
        int all = (1 << (exponentBits + mantissaBits)) - 1;
        return switch (specials) {
            case IEEE -> ((1 << exponentBits) - 1 << mantissaBits) - 1;
            case FINITE -> all - 1;
            case FINITE_UNSIGNED_ZERO, NONE -> all;
        };
    }

    private int nan() {
        int all = (1 << (exponentBits + mantissaBits)) - 1;
        return switch (specials) {
            case IEEE -> ((1 << exponentBits) - 1 << mantissaBits) | (1 << (mantissaBits - 1));
            case FINITE -> all;
            case FINITE_UNSIGNED_ZERO -> all + 1;
            case NONE -> 0;
        };
    }

    private double decode(int bits) {
        int sign = bits >>> (exponentBits + mantissaBits) & 1;
        int exponent = bits >>> mantissaBits & ((1 << exponentBits) - 1);
        int mantissa = bits & ((1 << mantissaBits) - 1);
        double magnitude;
        if (specials == Specials.IEEE && exponent == (1 << exponentBits) - 1) {
            magnitude = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (specials == Specials.FINITE
                && exponent == (1 << exponentBits) - 1
                && mantissa == (1 << mantissaBits) - 1) {
            magnitude = Double.NaN;
        } else if (specials == Specials.FINITE_UNSIGNED_ZERO && sign == 1 && exponent == 0 && mantissa == 0) {
            magnitude = Double.NaN;
        } else if (exponent == 0) {
            magnitude = Math.scalb((double) mantissa, 1 - bias - mantissaBits);
        } else {
            magnitude = Math.scalb((double) (mantissa | 1 << mantissaBits), exponent - bias - mantissaBits);
        }
        return sign == 0 ? magnitude : -magnitude;
    }

    private int encode(double value, boolean saturate) {
        if (Double.isNaN(value)) {
            return nan();
        }
        int sign = (Double.doubleToRawLongBits(value) < 0 ? 1 : 0) << (exponentBits + mantissaBits);
        double magnitude = Math.abs(value);
        if (Double.isInfinite(magnitude) && specials == Specials.IEEE && !saturate) {
            return sign | infinity();
        }
        int bits = Double.isInfinite(magnitude) ? Integer.MAX_VALUE : round(magnitude);
        if (bits > largestBits()) {
            if (saturate || specials == Specials.NONE) {
                bits = largestBits();
            } else {
                bits = specials == Specials.IEEE ? infinity() : nan();
                return specials == Specials.FINITE_UNSIGNED_ZERO ? bits : sign | bits;
            }
        }
        return bits == 0 && specials == Specials.FINITE_UNSIGNED_ZERO ? 0 : sign | bits;
    }

    private int infinity() {
        return (1 << exponentBits) - 1 << mantissaBits;
    }

    /** The pattern nearest to a finite magnitude, as if the exponent had no upper limit. */
    private int round(double magnitude) {
        if (magnitude >= 2 * largest) {
            return Integer.MAX_VALUE;
        }
        int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
        long quotient = (long) Math.rint(Math.scalb(magnitude, mantissaBits - exponent));
        // Normal numbers carry an implicit 1 in the quotient, which the addition folds into the exponent.
        return (int) (((long) (exponent + bias - 1) << mantissaBits) + quotient);
    }
}
