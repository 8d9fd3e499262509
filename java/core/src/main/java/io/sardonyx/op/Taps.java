package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * Elements along one axis and the weights with which they make up a value between them.
 *
 * @param index elements; {@link #NOTHING} stands for a zero
 */
record Taps(int[] index, double[] weight) {
    static final int NOTHING = -1;

    static Taps one(int index) {
        return new Taps(new int[] {index}, new double[] {1});
    }

    /** The two neighbours of {@code at}; those outside {@code [0, size)} are nothing. */
    static Taps linear(double at, long size) {
        double low = Math.floor(at);
        int[] index = {element(low, size), element(low + 1, size)};
        return new Taps(index, new double[] {1 - (at - low), at - low});
    }

    private static int element(double at, long size) {
        return at >= 0 && at < size ? (int) at : NOTHING;
    }

    /** The cubic convolution kernel with parameter {@code a}, at distance {@code x}. */
    static double cubic(double x, double a) {
        double d = Math.abs(x);
        if (d <= 1) {
            return ((a + 2) * d - (a + 3)) * d * d + 1;
        }
        return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }

    /** The weighted sum over the product of all axes' taps, of the elements from {@code offset} on. */
    static double blend(double[] x, int offset, Taps[] axes, long[] strides) {
        return blend(x, offset, axes, strides, 0);
    }

    private static double blend(double[] x, int offset, Taps[] axes, long[] strides, int axis) {
        if (axis == axes.length) {
            return x[offset];
        }
        Taps taps = axes[axis];
        double sum = 0;
        for (int i = 0; i < taps.index.length; i++) {
            // A weight of zero must not let a NaN or infinity in.
            if (taps.index[i] != NOTHING && taps.weight[i] != 0) {
                sum += taps.weight[i] * blend(x, offset + taps.index[i] * (int) strides[axis], axes, strides, axis + 1);
            }
        }
        return sum;
    }

    /** The largest number of elements that make up one value; {@code null} stands for a value that has none. */
    static int most(Taps[] values) {
        int most = 1;
        for (Taps taps : values) {
            most = taps == null ? most : Math.max(most, taps.index.length);
        }
        return most;
    }

    /** A kernel's parameters: {@link #most} slots for each value, the element (-1: none) below the bits of its weight. */
    static void addTo(Launch launch, Taps[] values) {
        int most = most(values);
        for (Taps taps : values) {
            for (int i = 0; i < most; i++) {
                boolean none = taps == null || i >= taps.index.length;
                launch.param(
                        none && i == 0
                                ? 0xffffffffL
                                : none
                                        ? 0
                                        : taps.index[i] | (long) Float.floatToRawIntBits((float) taps.weight[i]) << 32);
            }
        }
    }
}
