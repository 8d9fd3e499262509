package io.sardonyx.op;

/**
 * {@code c = (a ≤ b)}, false where one is NaN. ONNX LessOrEqual, opsets 12 to 16.
 */
public record LessOrEqual() implements Comparison {
    static LessOrEqual read(Attributes attributes) {
        return new LessOrEqual();
    }

    @Override
    public boolean holds(int order) {
        return order <= 0;
    }

    @Override
    public String kernel() {
        return "less_or_equal";
    }
}
