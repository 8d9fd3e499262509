package io.sardonyx.op;

import io.sardonyx.tensor.HostValue;
import java.util.List;

/** The value inside an optional, which is not empty; a tensor or sequence as it is. ONNX OptionalGetElement, opset 15 on. */
public record OptionalGetElement() implements DynamicOperator {
    static OptionalGetElement read(Attributes attributes) {
        return new OptionalGetElement();
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        return List.of(in.optional(0)
                .value()
                .orElseThrow(() -> new IllegalArgumentException("OptionalGetElement: the optional is empty")));
    }
}
