package io.sardonyx.op;

import io.sardonyx.tensor.Shape;

/** Where GatherElements and ScatterElements find an index's element: at the index's own coordinates, but for one axis. */
final class ElementPositions {
    private final long[] sizes;
    private final long[] strides;
    private final int axis;

    ElementPositions(Shape indices, Shape data, int axis) {
        this.sizes = indices.toArray();
        this.strides = data.strides();
        this.axis = axis;
    }

    /** Refuses indices that lie outside the data off {@code axis}. */
    static void check(DataMovement operator, Shape indices, Shape data, int axis) {
        boolean fits = indices.rank() == data.rank();
        for (int i = 0; fits && i < data.rank(); i++) {
            fits = i == axis || indices.size(i) <= data.size(i);
        }
        if (!fits) {
            throw operator.refuse("indices " + indices + " do not lie inside data " + data + " off axis " + axis);
        }
    }

    /** The position in the data for number {@code i} of the indices, which says {@code index}. */
    int of(int i, int index) {
        long position = 0;
        int rest = i;
        for (int a = sizes.length - 1; a >= 0; a--) {
            position += strides[a] * (a == axis ? index : rest % sizes[a]);
            rest /= (int) sizes[a];
        }
        return (int) position;
    }
}
