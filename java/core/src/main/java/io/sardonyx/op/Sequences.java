package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import java.util.List;

/** What the operators over sequences check alike. */
final class Sequences {
    private Sequences() {}

    /** The members of a sequence have one element type. */
    static void requireSameType(String operator, List<HostValue> items, HostTensor added) {
        if (!items.isEmpty() && items.get(0) instanceof HostTensor first && first.dtype() != added.dtype()) {
            throw new IllegalArgumentException(operator + ": a sequence of " + first.dtype() + " cannot hold " + added);
        }
    }

    /**
     * Input {@code input} as a position in {@code [-length, last]}, negative ones counted from the end; {@code otherwise} if it
     * is absent.
     */
    static int position(String operator, Values in, int input, int length, int last, int otherwise) {
        long position = in.has(input) ? in.single(input).getLong(0) : otherwise;
        if (position < -length || position > last) {
            throw new IllegalArgumentException(
                    operator + ": position " + position + " is outside [" + -length + ", " + last + "]");
        }
        return (int) (position < 0 ? position + length : position);
    }
}
