package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.function.IntUnaryOperator;

/** NumPy's broadcasting as the references of elementwise operators use it. */
final class Broadcast {
    private Broadcast() {}

    /** The shape to which both stretch, or {@code IllegalArgumentException} in {@code operator}'s name. */
    static Shape shape(String operator, Shape a, Shape b) {
        try {
            return a.broadcast(b);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(operator + ": " + e.getMessage(), e);
        }
    }

    /** The type to which all inputs, of one type in {@code domain}, stretch. */
    static TensorType type(String operator, Domain domain, InputTypes in) {
        TensorType first = in.get(0);
        domain.require(operator, first);
        Shape shape = first.shape();
        for (int i = 1; i < in.size(); i++) {
            if (in.dtype(i) != first.dtype()) {
                throw new IllegalArgumentException(
                        operator + ": operands differ in type: " + first + " and " + in.get(i));
            }
            shape = shape(operator, shape, in.shape(i));
        }
        return first.with(shape);
    }

    /** For the position of an element of {@code result}, the position of the element of {@code operand} that meets it. */
    static IntUnaryOperator positions(Shape operand, Shape result) {
        if (operand.equals(result)) {
            return i -> i;
        }
        if (operand.elements() == 1) {
            return i -> 0;
        }
        int rank = result.rank();
        int lead = rank - operand.rank();
        long[] strides = operand.strides();
        int[] table = new int[(int) result.elements()];
        long[] index = new long[rank];
        int position = 0;
        for (int i = 0; i < table.length; i++) {
            table[i] = position;
            for (int axis = rank - 1; axis >= 0; axis--) {
                long stride = axis < lead || operand.size(axis - lead) == 1 ? 0 : strides[axis - lead];
                position += (int) stride;
                if (++index[axis] < result.size(axis)) {
                    break;
                }
                position -= (int) (stride * index[axis]);
                index[axis] = 0;
            }
        }
        return i -> table[i];
    }
}
