package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.Shape;
import java.util.List;

/**
 * Whether an optional holds a value, a bool scalar; true for a tensor or sequence, false for an absent input. ONNX
 * OptionalHasElement, opset 15 on.
 */
public record OptionalHasElement() implements DynamicOperator {
    static OptionalHasElement read(Attributes attributes) {
        return new OptionalHasElement();
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        boolean present = in.has(0) && in.optional(0).value().isPresent();
        return List.of(HostTensor.of(DType.BOOL, Shape.SCALAR, present ? 1 : 0));
    }
}
