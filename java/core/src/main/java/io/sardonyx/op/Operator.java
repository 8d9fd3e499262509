package io.sardonyx.op;

/**
 * What an ONNX operator means. An implementation is a record whose components are the node's attributes, made by a static
 * {@code read(Attributes)} that knows every opset version; {@link Operators} lists them all. It is a value: no state, and the
 * same results for the same inputs.
 */
public sealed interface Operator permits TensorOperator, DynamicOperator {
    /** The operator's name in messages and reports: ONNX's name. */
    default String name() {
        return getClass().getSimpleName();
    }
}
