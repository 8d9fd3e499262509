package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.function.IntUnaryOperator;

/**
 * {@code (A - a_zero_point) · (B - b_zero_point)} as the integer matrix products share it; A and B are inputs {@code a} and
 * {@code b} of the operator. Parameters of A are one number, one for each row, or a tensor {@code […, M, 1]}; those of B one
 * number, one for each column, or {@code […, 1, N]}.
 */
record IntegerProduct(String operator, int a, int b, int aZero, int bZero) {
    /** The number of an input that no node has. */
    static final int NONE = Integer.MAX_VALUE;

    /** Checks operands and zero points. */
    MatrixProduct infer(InputTypes in) {
        MatrixProduct product = MatrixProduct.of(operator, in.shape(a), in.shape(b));
        requireRows(in, "a_zero_point", aZero, in.dtype(a));
        requireColumns(in, "b_zero_point", bZero, in.dtype(b));
        return product;
    }

    /** Checks an optional parameter of A's rows. */
    void requireRows(InputTypes in, String what, int input, DType dtype) {
        if (in.has(input)) {
            Shape shape = in.shape(a);
            require(in, what, input, dtype, shape.rank() < 2 ? Shape.SCALAR : shape.with(-1, 1), "row");
        }
    }

    /** Checks an optional parameter of B's columns. */
    void requireColumns(InputTypes in, String what, int input, DType dtype) {
        if (in.has(input)) {
            Shape shape = in.shape(b);
            require(in, what, input, dtype, shape.rank() < 2 ? Shape.SCALAR : shape.with(-2, 1), "column");
        }
    }

    private void require(InputTypes in, String what, int input, DType dtype, Shape whole, String each) {
        Shape shape = in.shape(input);
        boolean vector =
                shape.rank() == 1 && whole.rank() > 0 && shape.elements() == Math.max(whole.size(-1), whole.size(-2));
        if (in.dtype(input) != dtype || !(isScalar(shape) || vector || shape.equals(whole))) {
            throw new IllegalArgumentException(operator + ": " + what + ": expected 1 value of " + dtype
                    + " or one for each " + each + " (" + whole + "), given " + in.get(input));
        }
    }

    private static boolean isScalar(Shape shape) {
        return shape.elements() == 1 && shape.rank() <= 1;
    }

    /** For each element of {@code whole}, the position of the parameter of its row. */
    static IntUnaryOperator rows(Shape parameter, Shape whole) {
        if (isScalar(parameter)) {
            return i -> 0;
        }
        return Broadcast.positions(parameter.rank() == 1 ? parameter.concat(Shape.of(1)) : parameter, whole);
    }

    /** For each element of {@code whole}, the position of the parameter of its column. */
    static IntUnaryOperator columns(Shape parameter, Shape whole) {
        return isScalar(parameter) ? i -> 0 : Broadcast.positions(parameter, whole);
    }

    /** The sums; exact for bytes, as they stay far below 2⁵³. */
    double[] sums(Inputs in) {
        double[] left = in.get(a).toDoubles();
        if (in.has(aZero)) {
            subtract(left, in.get(aZero), rows(in.get(aZero).shape(), in.get(a).shape()));
        }
        double[] right = in.get(b).toDoubles();
        if (in.has(bZero)) {
            subtract(
                    right,
                    in.get(bZero),
                    columns(in.get(bZero).shape(), in.get(b).shape()));
        }
        return MatrixProduct.of(operator, in.get(a).shape(), in.get(b).shape()).multiply(left, right);
    }

    private static void subtract(double[] values, HostTensor zero, IntUnaryOperator position) {
        for (int i = 0; i < values.length; i++) {
            values[i] -= zero.getDouble(position.applyAsInt(i));
        }
    }
}
