package io.sardonyx.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The sizes of a tensor's axes; the last axis varies fastest. A scalar has rank 0 and one element. Immutable. */
public final class Shape {
    /** The shape of a scalar. */
    public static final Shape SCALAR = new Shape(new long[0]);

    private final long[] sizes;
    private final long elements;

    private Shape(long[] sizes) {
        this.sizes = sizes;
        this.elements = elements(sizes);
    }

    /**
     * A shape of these sizes.
     *
     * @throws IllegalArgumentException if a size is negative or their product overflows a {@code long}
     */
    public static Shape of(long... sizes) {
        return sizes.length == 0 ? SCALAR : new Shape(sizes.clone());
    }

    private static long elements(long[] sizes) {
        long product = 1;
        boolean empty = false;
        for (long size : sizes) {
            if (size < 0) {
                throw new IllegalArgumentException("Shape: negative size in " + Arrays.toString(sizes));
            }
            empty |= size == 0;
        }
        if (empty) {
            return 0;
        }
        for (long size : sizes) {
            if (Math.multiplyHigh(product, size) != 0 || product * size < 0) {
                throw new IllegalArgumentException("Shape: " + Arrays.toString(sizes) + " overflows 64 bits");
            }
            product *= size;
        }
        return product;
    }

    public int rank() {
        return sizes.length;
    }

    /** The size of axis {@code axis}; a negative axis counts from the end. */
    public long size(int axis) {
        return sizes[axis(axis)];
    }

    /** The product of all sizes; 1 for a scalar. */
    public long elements() {
        return elements;
    }

    /** The number of elements of axes {@code [from, to)}. */
    public long elements(int from, int to) {
        long product = 1;
        for (int i = from; i < to; i++) {
            product *= sizes[i];
        }
        return product;
    }

    /** A copy of the sizes. */
    public long[] toArray() {
        return sizes.clone();
    }

    /**
     * {@code axis} as a number from 0 to rank − 1, negative ones counted from the end.
     *
     * @throws IllegalArgumentException if it lies outside
     */
    public int axis(long axis) {
        if (axis < -rank() || axis >= rank()) {
            throw new IllegalArgumentException(
                    "axis " + axis + " is out of range for " + this + " (rank " + rank() + ")");
        }
        return (int) (axis < 0 ? axis + rank() : axis);
    }

    /** Row-major strides, in elements. */
    public long[] strides() {
        long[] strides = new long[rank()];
        long step = 1;
        for (int i = rank() - 1; i >= 0; i--) {
            strides[i] = step;
            step *= sizes[i];
        }
        return strides;
    }

    /** This shape with axis {@code axis} of size {@code size}. */
    public Shape with(int axis, long size) {
        long[] copy = sizes.clone();
        copy[axis(axis)] = size;
        return new Shape(copy);
    }

    /** Axes {@code [from, to)} as a shape of their own. */
    public Shape slice(int from, int to) {
        return of(Arrays.copyOfRange(sizes, from, to));
    }

    /** The axes of this shape, followed by those of {@code other}. */
    public Shape concat(Shape other) {
        long[] all = Arrays.copyOf(sizes, rank() + other.rank());
        System.arraycopy(other.sizes, 0, all, rank(), other.rank());
        return new Shape(all);
    }

    /**
     * The shape to which both broadcast by NumPy's rule: aligned at the last axis, a size of 1 stretches.
     *
     * @throws IllegalArgumentException if two sizes differ and neither is 1
     */
    public Shape broadcast(Shape other) {
        if (equals(other)) {
            return this;
        }
        int rank = Math.max(rank(), other.rank());
        long[] result = new long[rank];
        for (int i = 0; i < rank; i++) {
            int mine = i - rank + rank();
            int theirs = i - rank + other.rank();
            long a = mine < 0 ? 1 : sizes[mine];
            long b = theirs < 0 ? 1 : other.sizes[theirs];
            if (a != b && a != 1 && b != 1) {
                throw new IllegalArgumentException("shapes do not broadcast: " + this + " and " + other);
            }
            result[i] = a == 1 ? b : a;
        }
        return new Shape(result);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(sizes, that.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    /** As in {@code [2, 3]}; {@code []} for a scalar. */
    @Override
    public String toString() {
        return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
