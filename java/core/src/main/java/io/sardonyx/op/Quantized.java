package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.MiniFloat;

/** Bytes with a zero point, as the integer convolutions take them. */
final class Quantized {
    private Quantized() {}

    static void requireBytes(String operator, String what, InputTypes in, int input) {
        if (in.dtype(input) != DType.INT8 && in.dtype(input) != DType.UINT8) {
            throw new IllegalArgumentException(
                    operator + ": " + what + ": expected int8 or uint8, given " + in.get(input));
        }
    }

    /** Checks a scale, zero point or bias, if it is there: one value or {@code count} of them, of type {@code dtype}. */
    static void requireParameter(String operator, String what, InputTypes in, int input, DType dtype, long count) {
        if (!in.has(input)) {
            return;
        }
        long elements = in.shape(input).elements();
        if (in.dtype(input) != dtype || in.shape(input).rank() > 1 || (elements != 1 && elements != count)) {
            throw new IllegalArgumentException(operator + ": " + what + ": expected 1"
                    + (count == 1 ? "" : " or " + count) + " values of " + dtype + ", given " + in.get(input));
        }
    }

    /** Checks a scale and the zero point of type {@code dtype} behind it, each one number for a whole tensor. */
    static void requireScalars(String operator, String what, InputTypes in, int scale, DType dtype) {
        requireParameter(operator, what + "_scale", in, scale, DType.FLOAT32, 1);
        requireParameter(operator, what + "_zero_point", in, scale + 1, dtype, 1);
    }

    /** Input {@code input} minus its zero point, input {@code zero}: one for all, or one for each element of the first axis. */
    static double[] centred(Inputs in, int input, int zero) {
        double[] values = in.get(input).toDoubles();
        if (!in.has(zero)) {
            return values;
        }
        HostTensor zeros = in.get(zero);
        for (int i = 0; i < values.length; i++) {
            values[i] -= zeros.getDouble((int) ((long) i * zeros.size() / values.length));
        }
        return values;
    }

    /** {@code value}, a whole number, within the range of a byte type. */
    static long saturate(DType dtype, double value) {
        return dtype == DType.INT8
                ? (long) Math.max(-128, Math.min(127, value))
                : (long) Math.max(0, Math.min(255, value));
    }

    /**
     * Element {@code i} of {@code y} becomes {@code round(value) + zero} within the range of an integer type, halves rounded to
     * even, NaN to the smallest number; or {@code value + zero} rounded to a float type, where {@code saturate} says whether
     * what is too large becomes the largest number.
     */
    static void quantize(HostTensor y, int i, double value, double zero, boolean saturate) {
        DType dtype = y.dtype();
        if (dtype.isInteger()) {
            double smallest = dtype.isUnsigned() ? 0 : -Math.scalb(1.0, dtype.bits() - 1);
            double largest = Math.scalb(1.0, dtype.bits() - (dtype.isUnsigned() ? 0 : 1)) - 1;
            double whole = Math.rint(value) + zero;
            y.set(i, whole >= smallest ? (long) Math.min(whole, largest) : (long) smallest);
        } else if (dtype.bits() == 8) {
            y.data().put(i, (byte) MiniFloat.encode(dtype, value + zero, saturate));
        } else {
            y.set(i, value + zero);
        }
    }
}
