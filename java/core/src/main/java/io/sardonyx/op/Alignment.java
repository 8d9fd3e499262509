package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import java.util.Arrays;

/**
 * How the axes of a binary operator's second operand meet those of the first. Since opset 7 that is NumPy's rule. Before, the
 * shapes are equal unless the attribute {@code broadcast} is set; then the second operand's axes meet those of the first from
 * {@code axis} on, or its last ones where {@code axis} is absent (here -1), and the result has the first operand's shape.
 */
public record Alignment(Rule rule, long axis) {
    /** Who stretches to whom. */
    public enum Rule {
        NUMPY,
        EQUAL,
        SECOND_TO_FIRST
    }

    public static final Alignment NUMPY = new Alignment(Rule.NUMPY, -1);
    public static final Alignment EQUAL = new Alignment(Rule.EQUAL, -1);

    static Alignment read(Attributes attributes) {
        if (attributes.opset() >= 7) {
            return NUMPY;
        }
        return attributes.getFlag("broadcast", false)
                ? new Alignment(Rule.SECOND_TO_FIRST, attributes.getInt("axis", -1))
                : EQUAL;
    }

    /** The number of axes of size 1 to append to {@code b}, so that NumPy's rule then aligns it with {@code a}. */
    int trailing(Shape a, Shape b) {
        return rule != Rule.SECOND_TO_FIRST || axis < 0 || b.rank() == 0 || b.elements() == 1
                ? 0
                : Math.max(0, a.rank() - b.rank() - (int) Math.min(axis, a.rank()));
    }

    /** {@code b} with those axes appended. */
    Shape second(Shape a, Shape b) {
        int trailing = trailing(a, b);
        if (trailing == 0) {
            return b;
        }
        long[] ones = new long[trailing];
        Arrays.fill(ones, 1);
        return b.concat(Shape.of(ones));
    }

    /** The result's shape, or {@code IllegalArgumentException} in {@code operator}'s name. */
    Shape result(String operator, Shape a, Shape b) {
        if (rule == Rule.EQUAL && !a.equals(b)) {
            throw new IllegalArgumentException(
                    operator + ": shapes differ, and the attribute broadcast is not set: " + a + " and " + b);
        }
        Shape result = Broadcast.shape(operator, a, second(a, b));
        if (rule == Rule.SECOND_TO_FIRST && !result.equals(a)) {
            throw new IllegalArgumentException(
                    operator + ": " + b + " does not broadcast to " + a + (axis < 0 ? "" : " from axis " + axis));
        }
        return result;
    }
}
