package io.sardonyx.op;

/**
 * {@code c = a ∨ b} on bool. ONNX Or, opsets 1 to 7.
 */
public record Or(Alignment alignment) implements Bitwise {
    /** With NumPy's broadcasting, as since opset 7. */
    public Or() {
        this(Alignment.NUMPY);
    }

    static Or read(Attributes attributes) {
        return new Or(Alignment.read(attributes));
    }

    @Override
    public long apply(long a, long b) {
        return a | b;
    }

    @Override
    public String kernel() {
        return "or";
    }

    @Override
    public Domain domain() {
        return Domain.BOOL;
    }
}
