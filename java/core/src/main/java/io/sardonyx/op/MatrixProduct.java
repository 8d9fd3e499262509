package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;

/**
 * The sizes and strides of {@code c = a · b} for two stacks of matrices, checked: a is {@code [batch, m, k]}, b is {@code
 * [batch, k, n]}, c is {@code [batch, m, n]}, densely. The axes of the stacks broadcast by NumPy's rule.
 */
final class MatrixProduct {
    /** A dense tensor seen as a stack of matrices. */
    private record Stack(Shape batch, long[] batchStrides, long rows, long columns, long rowStride, long columnStride) {
        static Stack of(Shape shape, boolean transpose, boolean transposeBatch) {
            int rank = shape.rank();
            long[] strides = shape.strides();
            // With transposeBatch the rows are the first axis, and the stack is what lies between.
            int rowAxis = transposeBatch ? 0 : rank - 2;
            int first = transposeBatch ? 1 : 0;
            Shape batch = shape.slice(first, first + rank - 2);
            long[] batchStrides = Arrays.copyOfRange(strides, first, first + rank - 2);
            return transpose
                    ? new Stack(batch, batchStrides, shape.size(rank - 1), shape.size(rowAxis), 1, strides[rowAxis])
                    : new Stack(batch, batchStrides, shape.size(rowAxis), shape.size(rank - 1), strides[rowAxis], 1);
        }

        /** The strides along the axes of {@code result}, 0 where this stack is stretched. */
        long[] stretched(Shape result) {
            long[] strides = new long[result.rank()];
            int lead = result.rank() - batch.rank();
            for (int i = 0; i < batch.rank(); i++) {
                strides[lead + i] = batch.size(i) == 1 ? 0 : batchStrides[i];
            }
            return strides;
        }
    }

    /** Which axes of an operand change places: the last two, the first with those in between. */
    record Transposition(boolean matrix, boolean batch) {
        static final Transposition NONE = new Transposition(false, false);
    }

    final Shape result;
    final Shape batch;
    final long m;
    final long n;
    final long k;
    final long aRow;
    final long aDepth;
    final long bDepth;
    final long bColumn;
    final long[] aBatch;
    final long[] bBatch;

    private MatrixProduct(Shape result, Shape batch, Stack a, Stack b) {
        this.result = result;
        this.batch = batch;
        m = a.rows();
        n = b.columns();
        k = a.columns();
        aRow = a.rowStride();
        aDepth = a.columnStride();
        bDepth = b.rowStride();
        bColumn = b.columnStride();
        aBatch = a.stretched(batch);
        bBatch = b.stretched(batch);
    }

    /** By NumPy's rule: a vector on the left is a row, on the right a column, and the result then lacks that axis. */
    static MatrixProduct of(String operator, Shape a, Shape b) {
        return of(operator, a, Transposition.NONE, b, Transposition.NONE);
    }

    /**
     * As {@link #of(String, Shape, Shape)}, with operands transposed first; vectors are not.
     *
     * @throws IllegalArgumentException if the shapes do not fit
     */
    static MatrixProduct of(String operator, Shape a, Transposition aTransposed, Shape b, Transposition bTransposed) {
        if (a.rank() == 0 || b.rank() == 0) {
            throw new IllegalArgumentException(
                    operator + ": expected at least one axis in each operand, given " + a + " x " + b);
        }
        Stack left = a.rank() == 1
                ? Stack.of(Shape.of(1).concat(a), false, false)
                : Stack.of(a, aTransposed.matrix(), aTransposed.batch());
        Stack right = b.rank() == 1
                ? Stack.of(b.concat(Shape.of(1)), false, false)
                : Stack.of(b, bTransposed.matrix(), bTransposed.batch());
        if (left.columns() != right.rows()) {
            throw new IllegalArgumentException(operator + ": inner dimensions differ: " + describe(a, aTransposed)
                    + " x " + describe(b, bTransposed));
        }
        Shape batch;
        try {
            batch = left.batch().broadcast(right.batch());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    operator + ": the stacks do not broadcast: " + describe(a, aTransposed) + " x "
                            + describe(b, bTransposed),
                    e);
        }
        Shape rows = a.rank() == 1 ? Shape.SCALAR : Shape.of(left.rows());
        Shape columns = b.rank() == 1 ? Shape.SCALAR : Shape.of(right.columns());
        return new MatrixProduct(batch.concat(rows).concat(columns), batch, left, right);
    }

    /** Of one row and b; for what depends on b alone. */
    static MatrixProduct ofRow(Shape b, Transposition transposed) {
        Stack right = Stack.of(b, transposed.matrix(), transposed.batch());
        Stack row = new Stack(Shape.SCALAR, new long[0], 1, right.rows(), right.rows(), 1);
        return new MatrixProduct(right.batch().concat(Shape.of(1, right.columns())), right.batch(), row, right);
    }

    private static String describe(Shape shape, Transposition transposed) {
        return shape + (transposed.matrix() && shape.rank() > 1 ? " transposed" : "");
    }

    /** Whether b is a dense stack of matrices, each by rows or by columns. */
    boolean hasDenseRight() {
        return Math.max(bDepth * k, bColumn * n) == k * n
                && Arrays.stream(bBatch).allMatch(step -> step % (k * n) == 0);
    }

    /**
     * The strides of a dense tensor along the axes of the stack, the rows and the columns, where it stretches to the result; empty
     * where it has more axes, or lacks that of a vector and is stretched besides.
     */
    Optional<long[]> addendStrides(Shape addend) {
        Shape whole = batch.concat(Shape.of(m, n));
        Shape given = addend.equals(result) ? whole : addend;
        if (given != whole && (result.rank() < whole.rank() || addend.rank() > whole.rank())) {
            return Optional.empty();
        }
        long[] strides = given.strides();
        long[] stretched = new long[whole.rank()];
        int lead = whole.rank() - given.rank();
        for (int i = 0; i < given.rank(); i++) {
            stretched[lead + i] = given.size(i) == 1 ? 0 : strides[i];
        }
        return Optional.of(stretched);
    }

    /** Called for each matrix of the stack, with the positions of the first elements. */
    private interface Body {
        void accept(int a, int b, int c);
    }

    private void forEachMatrix(Body body) {
        long[] index = new long[batch.rank()];
        long a = 0;
        long b = 0;
        long count = result.elements() == 0 ? 0 : batch.elements();
        for (long i = 0; i < count; i++) {
            body.accept((int) a, (int) b, (int) (i * m * n));
            for (int axis = index.length - 1; axis >= 0; axis--) {
                a += aBatch[axis];
                b += bBatch[axis];
                if (++index[axis] < batch.size(axis)) {
                    break;
                }
                a -= aBatch[axis] * index[axis];
                b -= bBatch[axis] * index[axis];
                index[axis] = 0;
            }
        }
    }

    /** The product of the tensors' elements, summed up in double. */
    double[] multiply(double[] a, double[] b) {
        double[] c = new double[(int) result.elements()];
        forEachMatrix((aFirst, bFirst, cFirst) -> {
            for (int i = 0; i < m; i++) {
                int row = cFirst + i * (int) n;
                for (int p = 0; p < k; p++) {
                    double factor = a[(int) (aFirst + i * aRow + p * aDepth)];
                    int from = (int) (bFirst + p * bDepth);
                    for (int j = 0; j < n; j++) {
                        c[row + j] += factor * b[(int) (from + j * bColumn)];
                    }
                }
            }
        });
        return c;
    }

    /** The product of the tensors' elements in integers that wrap around. */
    long[] multiply(long[] a, long[] b) {
        long[] c = new long[(int) result.elements()];
        forEachMatrix((aFirst, bFirst, cFirst) -> {
            for (int i = 0; i < m; i++) {
                int row = cFirst + i * (int) n;
                for (int p = 0; p < k; p++) {
                    long factor = a[(int) (aFirst + i * aRow + p * aDepth)];
                    int from = (int) (bFirst + p * bDepth);
                    for (int j = 0; j < n; j++) {
                        c[row + j] += factor * b[(int) (from + j * bColumn)];
                    }
                }
            }
        });
        return c;
    }
}
