package io.sardonyx.op;

import io.sardonyx.tensor.Shape;

/** How the elements [batch, heads, rows, size] of an attention's operand lie in its tensor; those of a row are neighbours. */
record HeadLayout(long batch, long heads, long rows, long size, long batchStride, long headStride, long rowStride) {

    /** A tensor [batch, heads, rows, size]. */
    static HeadLayout of(Shape shape) {
        long[] strides = shape.strides();
        return new HeadLayout(
                shape.size(0), shape.size(1), shape.size(2), shape.size(3), strides[0], strides[1], strides[2]);
    }

    /** A tensor [batch, rows, heads · size], or [batch, rows, heads, size]. */
    static HeadLayout columns(Shape shape, long heads) {
        return columns(shape, heads, shape.elements(2, shape.rank()) / heads);
    }

    /** Some columns of a tensor [batch, rows, columns], or [batch, rows, heads, size]. */
    static HeadLayout columns(Shape shape, long heads, long size) {
        long row = shape.elements(2, shape.rank());
        return new HeadLayout(shape.size(0), heads, shape.size(1), size, shape.size(1) * row, size, row);
    }
}
