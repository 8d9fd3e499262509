package io.sardonyx.op;

/**
 * {@code c = (a = b)}, false where one is NaN. ONNX Equal, opsets 1 to 19.
 */
public record Equal(Alignment alignment) implements Comparison {
    /** With NumPy's broadcasting, as since opset 7. */
    public Equal() {
        this(Alignment.NUMPY);
    }

    static Equal read(Attributes attributes) {
        return new Equal(Alignment.read(attributes));
    }

    @Override
    public boolean holds(int order) {
        return order == 0;
    }

    @Override
    public String kernel() {
        return "equal";
    }

    @Override
    public Domain domain() {
        return Domain.ANY;
    }
}
