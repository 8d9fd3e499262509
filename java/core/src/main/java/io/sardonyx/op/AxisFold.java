package io.sardonyx.op;

import io.sardonyx.tensor.Shape;

/**
 * A tensor seen along one axis, as {@code [outer, n, inner]}: {@code outer · inner} lanes of {@code n} elements, {@code inner}
 * apart. A tensor without elements has no lanes.
 */
record AxisFold(long outer, long n, long inner) {
    static AxisFold of(Shape shape, long axis) {
        int at = shape.axis(axis);
        return shape.elements() == 0
                ? new AxisFold(0, shape.size(at), 0)
                : new AxisFold(shape.elements(0, at), shape.size(at), shape.elements(at + 1, shape.rank()));
    }

    /** All axes from {@code axis} on as one; {@code axis} may be the rank. */
    static AxisFold flattened(Shape shape, long axis) {
        int at = axis == shape.rank() ? shape.rank() : shape.axis(axis);
        return shape.elements() == 0
                ? new AxisFold(0, 0, 0)
                : new AxisFold(shape.elements(0, at), shape.elements(at, shape.rank()), 1);
    }

    int lanes() {
        return Math.toIntExact(outer * inner);
    }

    /** The offset of a lane's first element. */
    int start(int lane) {
        return (int) (lane / inner * n * inner + lane % inner);
    }

    /** The elements of a lane. */
    int length() {
        return (int) n;
    }

    /** From one element of a lane to the next. */
    int step() {
        return (int) inner;
    }

    /** The three sizes, as kernels take them. */
    long[] toArray() {
        return new long[] {outer, n, inner};
    }
}
