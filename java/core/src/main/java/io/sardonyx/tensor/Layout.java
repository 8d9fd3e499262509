package io.sardonyx.tensor;

import java.util.Arrays;

/** Where the elements of a tensor or a view lie in its memory: element {@code [i, j, …]} at {@code offset + Σ i · stride}. */
final class Layout {
    private final Shape shape;
    private final long[] strides;
    private final long offset;

    Layout(Shape shape, long[] strides, long offset) {
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
    }

    static Layout dense(Shape shape) {
        return new Layout(shape, shape.strides(), 0);
    }

    Shape shape() {
        return shape;
    }

    long stride(int axis) {
        return strides[axis];
    }

    long[] strides() {
        return strides.clone();
    }

    long offset() {
        return offset;
    }

    /** Whether the elements lie one behind the other in row-major order, wherever they begin. */
    boolean isDense() {
        long step = 1;
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            if (shape.size(axis) != 1) {
                if (strides[axis] != step) {
                    return shape.elements() == 0;
                }
                step *= shape.size(axis);
            }
        }
        return true;
    }

    Layout permute(int... axes) {
        long[] sizes = new long[axes.length];
        long[] moved = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            sizes[i] = shape.size(axes[i]);
            moved[i] = strides[axes[i]];
        }
        return new Layout(Shape.of(sizes), moved, offset);
    }

    /** Stretched to {@code to}: new axes and axes of size 1 get stride 0. */
    Layout broadcast(Shape to) {
        if (!shape.broadcast(to).equals(to)) {
            throw new IllegalArgumentException("broadcastTo: " + shape + " does not stretch to " + to);
        }
        long[] stretched = new long[to.rank()];
        int added = to.rank() - shape.rank();
        for (int axis = 0; axis < shape.rank(); axis++) {
            stretched[added + axis] = shape.size(axis) == 1 ? 0 : strides[axis];
        }
        return new Layout(to, stretched, offset);
    }

    /** Without axis {@code axis}, whose size is 1. */
    Layout squeeze(int axis) {
        int[] rest = java.util.stream.IntStream.range(0, shape.rank())
                .filter(i -> i != axis)
                .toArray();
        return permute(rest);
    }

    Layout unsqueeze(int axis) {
        long[] sizes = insert(shape.toArray(), axis, 1);
        return new Layout(Shape.of(sizes), insert(strides, axis, 0), offset);
    }

    private static long[] insert(long[] values, int at, long value) {
        long[] result = Arrays.copyOf(values, values.length + 1);
        System.arraycopy(values, at, result, at + 1, values.length - at);
        result[at] = value;
        return result;
    }

    /** A dense layout's elements under another shape. */
    Layout reshape(Shape other) {
        return new Layout(other, other.strides(), offset);
    }
}
