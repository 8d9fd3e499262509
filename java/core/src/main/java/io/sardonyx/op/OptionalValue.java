package io.sardonyx.op;

import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostOptional;
import java.util.List;
import java.util.Optional;

/**
 * The input as an optional; an empty one without an input. ONNX Optional, opset 15 on; the class has another name, so that
 * {@link Optional} keeps its own in this package.
 */
public record OptionalValue() implements DynamicOperator {
    static OptionalValue read(Attributes attributes) {
        return new OptionalValue();
    }

    @Override
    public String name() {
        return "Optional";
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        return List.of(new HostOptional(in.has(0) ? Optional.of(in.get(0)) : Optional.empty()));
    }
}
