package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Questions that rewrites ask of a graph when they look for a pattern. */
record Match(Graph graph) {
    /** The node that makes {@code value}, if its operator is {@code opType}. */
    Optional<Node> producer(String value, String opType) {
        return graph.producer(value).filter(node -> node.opType().equals(opType));
    }

    /** Whether {@code user} alone uses {@code value}, so that the value may disappear with it. */
    boolean onlyFor(String value, Node user) {
        if (graph.isResult(value)) {
            return false;
        }
        List<Node> uses = graph.uses(value);
        return uses.size() == 1 && uses.get(0) == user;
    }

    /** The only node that uses {@code value}. */
    Optional<Node> onlyUser(String value) {
        List<Node> uses = graph.isResult(value) ? List.<Node>of() : graph.uses(value);
        return uses.size() == 1 ? Optional.of(uses.get(0)) : Optional.empty();
    }

    /** As {@link #onlyUser}, if its operator is {@code opType}. */
    Optional<Node> onlyUser(String value, String opType) {
        return onlyUser(value).filter(node -> node.opType().equals(opType));
    }

    Optional<HostTensor> constant(String value) {
        return Optional.ofNullable(graph.initializers().get(value));
    }

    /** The value of a constant with one element. */
    OptionalDouble scalar(String value) {
        HostTensor constant = graph.initializers().get(value);
        return constant != null && constant.size() == 1 && constant.dtype().isFloat()
                ? OptionalDouble.of(constant.getDouble(0))
                : OptionalDouble.empty();
    }

    /** Whether {@code value} is a constant with one element, equal to {@code expected} up to float32's or float16's rounding. */
    boolean isScalar(String value, double expected) {
        OptionalDouble scalar = scalar(value);
        return scalar.isPresent() && Math.abs(scalar.getAsDouble() - expected) <= 1e-3 * Math.abs(expected);
    }

    /** The input of a node of two inputs that is not {@code one}. */
    static String other(Node node, String one) {
        return node.input(0).equals(one) ? node.input(1) : node.input(0);
    }

    /** The input of a commutative node beside the constant {@code expected}; empty if neither input is that. */
    Optional<String> besideScalar(Node node, double expected) {
        if (isScalar(node.input(1), expected)) {
            return Optional.of(node.input(0));
        }
        return isScalar(node.input(0), expected) ? Optional.of(node.input(1)) : Optional.empty();
    }
}
