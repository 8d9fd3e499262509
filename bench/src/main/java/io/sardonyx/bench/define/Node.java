package io.sardonyx.bench.define;

import io.sardonyx.op.Attributes;
import io.sardonyx.op.Operators;
import io.sardonyx.op.TensorOperator;
import java.util.Map;

/**
 * The operator of a {@link Problem}, as ONNX writes it.
 *
 * @param attributes values are {@code Long}, {@code Float}, {@code String} or lists of {@code Long}
 * @param opset of the domain
 */
public record Node(String name, Map<String, Object> attributes, int opset) {
    /** Copies the attributes. */
    public Node {
        attributes = Map.copyOf(attributes);
    }

    /** Our definition of it. */
    public TensorOperator operator() {
        return (TensorOperator) Operators.read(Operators.ONNX, name, Attributes.of(opset, attributes))
                .orElseThrow();
    }
}
