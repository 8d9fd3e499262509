package io.sardonyx.op;

/**
 * {@code c = (a < b)}, false where one is NaN. ONNX Less, opsets 1 to 13.
 */
public record Less(Alignment alignment) implements Comparison {
    /** With NumPy's broadcasting, as since opset 7. */
    public Less() {
        this(Alignment.NUMPY);
    }

    static Less read(Attributes attributes) {
        return new Less(Alignment.read(attributes));
    }

    @Override
    public boolean holds(int order) {
        return order < 0;
    }

    @Override
    public String kernel() {
        return "less";
    }
}
