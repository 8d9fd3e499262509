package io.sardonyx.op;

import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostSequence;
import java.util.ArrayList;
import java.util.List;

/** The sequence of all inputs, tensors of one element type. ONNX SequenceConstruct, opset 11 on. */
public record SequenceConstruct() implements DynamicOperator {
    static SequenceConstruct read(Attributes attributes) {
        return new SequenceConstruct();
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        List<HostValue> items = new ArrayList<>();
        for (int i = 0; i < in.size(); i++) {
            Sequences.requireSameType(name(), items, in.tensor(i));
            items.add(in.tensor(i));
        }
        return List.of(new HostSequence(items));
    }
}
