package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostOptional;
import io.sardonyx.tensor.HostValue.HostSequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The inputs of a {@link DynamicOperator}; optional ones may be absent. */
public final class Values {
    private final List<HostValue> values;

    private Values(List<HostValue> values) {
        this.values = values;
    }

    /** A {@code null} entry stands for an absent optional input. */
    public static Values of(List<? extends HostValue> values) {
        return new Values(Collections.unmodifiableList(new ArrayList<>(values)));
    }

    public int size() {
        return values.size();
    }

    public boolean has(int i) {
        return i < values.size() && values.get(i) != null;
    }

    public HostValue get(int i) {
        if (!has(i)) {
            throw new IllegalArgumentException("input " + i + " is missing");
        }
        return values.get(i);
    }

    public HostTensor tensor(int i) {
        if (get(i) instanceof HostTensor tensor) {
            return tensor;
        }
        throw new IllegalArgumentException(
                "input " + i + ": expected a tensor, given " + get(i).getClass().getSimpleName());
    }

    /** Tensor {@code i}, which has exactly one element. */
    public HostTensor single(int i) {
        HostTensor tensor = tensor(i);
        if (tensor.size() != 1) {
            throw new IllegalArgumentException("input " + i + ": expected one element, given " + tensor);
        }
        return tensor;
    }

    public HostSequence sequence(int i) {
        if (get(i) instanceof HostSequence sequence) {
            return sequence;
        }
        throw new IllegalArgumentException("input " + i + ": expected a sequence, given "
                + get(i).getClass().getSimpleName());
    }

    /** Input {@code i} as an optional; ONNX also allows a plain value in its place. */
    public HostOptional optional(int i) {
        return get(i) instanceof HostOptional optional ? optional : new HostOptional(java.util.Optional.of(get(i)));
    }
}
