package io.sardonyx.op;

/**
 * {@code c = (a ≥ b)}, false where one is NaN. ONNX GreaterOrEqual, opsets 12 to 16.
 */
public record GreaterOrEqual() implements Comparison {
    static GreaterOrEqual read(Attributes attributes) {
        return new GreaterOrEqual();
    }

    @Override
    public boolean holds(int order) {
        return order >= 0;
    }

    @Override
    public String kernel() {
        return "greater_or_equal";
    }
}
