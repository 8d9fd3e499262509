package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.Shape;
import java.util.List;

/** The number of members of a sequence, an int64 scalar. ONNX SequenceLength, opset 11 on. */
public record SequenceLength() implements DynamicOperator {
    static SequenceLength read(Attributes attributes) {
        return new SequenceLength();
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        return List.of(HostTensor.of(Shape.SCALAR, (long) in.sequence(0).items().size()));
    }
}
