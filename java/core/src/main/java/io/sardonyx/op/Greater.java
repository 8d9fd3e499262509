package io.sardonyx.op;

/**
 * {@code c = (a > b)}, false where one is NaN. ONNX Greater, opsets 1 to 13.
 */
public record Greater(Alignment alignment) implements Comparison {
    /** With NumPy's broadcasting, as since opset 7. */
    public Greater() {
        this(Alignment.NUMPY);
    }

    static Greater read(Attributes attributes) {
        return new Greater(Alignment.read(attributes));
    }

    @Override
    public boolean holds(int order) {
        return order > 0;
    }

    @Override
    public String kernel() {
        return "greater";
    }
}
