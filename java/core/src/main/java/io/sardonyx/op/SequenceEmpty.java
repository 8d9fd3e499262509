package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostSequence;
import java.util.List;

/** A sequence without members, of tensors of type {@code dtype}. ONNX SequenceEmpty, opset 11 on. */
public record SequenceEmpty(DType dtype) implements DynamicOperator {
    static SequenceEmpty read(Attributes attributes) {
        return new SequenceEmpty(attributes.getType("dtype", DType.FLOAT32));
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        return List.of(new HostSequence(List.of()));
    }
}
