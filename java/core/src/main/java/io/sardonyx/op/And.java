package io.sardonyx.op;

/**
 * {@code c = a ∧ b} on bool. ONNX And, opsets 1 to 7.
 */
public record And(Alignment alignment) implements Bitwise {
    /** With NumPy's broadcasting, as since opset 7. */
    public And() {
        this(Alignment.NUMPY);
    }

    static And read(Attributes attributes) {
        return new And(Alignment.read(attributes));
    }

    @Override
    public long apply(long a, long b) {
        return a & b;
    }

    @Override
    public String kernel() {
        return "and";
    }

    @Override
    public Domain domain() {
        return Domain.BOOL;
    }
}
