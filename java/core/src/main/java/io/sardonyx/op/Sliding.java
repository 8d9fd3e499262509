package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import java.util.Arrays;

/**
 * A {@link Window} placed on an input: along each spatial axis, position {@code o} and tap {@code t} of the kernel meet input
 * element {@code o · stride - begin + t · dilation}. Arrays have one entry for each spatial axis and are not changed.
 */
final class Sliding {
    /** What {@link #sources} gives for a tap in the padding. */
    static final int PADDING = -1;

    /** What {@link #sources} gives for a tap beyond the padding at the end, where {@code ceil_mode} leads. */
    static final int OUTSIDE = -2;

    final long[] input;
    final long[] output;
    final long[] kernel;
    final long[] strides;
    final long[] dilations;
    final long[] begin;
    final long[] end;

    Sliding(long[] input, long[] output, long[] kernel, long[] strides, long[] dilations, long[] begin, long[] end) {
        this.input = input;
        this.output = output;
        this.kernel = kernel;
        this.strides = strides;
        this.dilations = dilations;
        this.begin = begin;
        this.end = end;
    }

    int axes() {
        return input.length;
    }

    /** The shape of a result with one element for each batch, channel and position. */
    Shape output(Shape x) {
        return x.slice(0, 2).concat(Shape.of(output));
    }

    /** The elements of the input, of one channel. */
    long inputs() {
        return Shape.of(input).elements();
    }

    /** The number of places where the window stands. */
    long positions() {
        return Shape.of(output).elements();
    }

    /** The number of elements of the kernel. */
    long taps() {
        return Shape.of(kernel).elements();
    }

    /** An array for {@link #sources}. */
    int[] newSources() {
        return new int[Math.toIntExact(taps())];
    }

    /** Fills in for each tap the input element that it meets at this position, or {@link #PADDING} or {@link #OUTSIDE}. */
    void sources(int position, int[] sources) {
        Arrays.fill(sources, 0);
        int rest = position;
        int inner = 1; // taps of the axes behind this one
        int scale = 1; // input elements of the axes behind this one
        for (int axis = axes() - 1; axis >= 0; axis--) {
            long start = rest % output[axis] * strides[axis] - begin[axis];
            rest /= (int) output[axis];
            for (int t = 0; t < sources.length; t++) {
                long at = start + t / inner % kernel[axis] * dilations[axis];
                if (at >= input[axis] + end[axis]) {
                    sources[t] = OUTSIDE;
                } else if (sources[t] >= 0) {
                    sources[t] = at < 0 || at >= input[axis] ? PADDING : sources[t] + (int) at * scale;
                }
            }
            inner *= (int) kernel[axis];
            scale *= (int) input[axis];
        }
    }
}
