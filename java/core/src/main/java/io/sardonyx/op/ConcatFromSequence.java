package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import java.util.ArrayList;
import java.util.List;

/**
 * The members of a sequence one behind the other along {@code axis}, or, with {@code newAxis}, stacked along a new axis that
 * becomes axis {@code axis} of the result. ONNX ConcatFromSequence, opset 11 on.
 */
public record ConcatFromSequence(long axis, boolean newAxis) implements DynamicOperator {
    static ConcatFromSequence read(Attributes attributes) {
        return new ConcatFromSequence(attributes.getInt("axis"), attributes.getFlag("new_axis", false));
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        List<HostTensor> tensors = new ArrayList<>();
        for (HostValue item : in.sequence(0).items()) {
            if (!(item instanceof HostTensor tensor)) {
                throw new IllegalArgumentException("ConcatFromSequence: expected tensors, given " + item);
            }
            tensors.add(tensor);
        }
        if (tensors.isEmpty()) {
            throw new IllegalArgumentException("ConcatFromSequence: the sequence is empty");
        }
        return List.of(newAxis ? TensorLists.stack(name(), tensors, axis) : TensorLists.concat(name(), tensors, axis));
    }
}
