package io.sardonyx.op;

import io.sardonyx.tensor.HostValue;
import java.util.List;

/** The member of sequence 0 at position 1, which is in {@code [-n, n - 1]}. ONNX SequenceAt, opset 11 on. */
public record SequenceAt() implements DynamicOperator {
    static SequenceAt read(Attributes attributes) {
        return new SequenceAt();
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        List<HostValue> items = in.sequence(0).items();
        in.single(1);
        return List.of(items.get(Sequences.position(name(), in, 1, items.size(), items.size() - 1, 0)));
    }
}
