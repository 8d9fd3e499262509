package io.sardonyx.op;

import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of sequence 0 without the member at position 1: in {@code [-n, n - 1]}, absent for the last. ONNX SequenceErase,
 * opset 11 on.
 */
public record SequenceErase() implements DynamicOperator {
    static SequenceErase read(Attributes attributes) {
        return new SequenceErase();
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        List<HostValue> items = new ArrayList<>(in.sequence(0).items());
        int last = items.size() - 1;
        items.remove(Sequences.position(name(), in, 1, items.size(), last, -1));
        return List.of(new HostSequence(items));
    }
}
