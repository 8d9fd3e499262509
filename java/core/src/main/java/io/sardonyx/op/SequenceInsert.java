package io.sardonyx.op;

import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of sequence 0 with tensor 1 inserted before position 2: in {@code [-n, n]}, absent for the end. ONNX SequenceInsert,
 * opset 11 on.
 */
public record SequenceInsert() implements DynamicOperator {
    static SequenceInsert read(Attributes attributes) {
        return new SequenceInsert();
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        List<HostValue> items = new ArrayList<>(in.sequence(0).items());
        Sequences.requireSameType(name(), items, in.tensor(1));
        int length = items.size();
        items.add(Sequences.position(name(), in, 2, length, length, length), in.tensor(1));
        return List.of(new HostSequence(items));
    }
}
