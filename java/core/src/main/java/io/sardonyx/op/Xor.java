package io.sardonyx.op;

/**
 * {@code c = a ≠ b} on bool. ONNX Xor, opsets 1 to 7.
 */
public record Xor(Alignment alignment) implements Bitwise {
    /** With NumPy's broadcasting, as since opset 7. */
    public Xor() {
        this(Alignment.NUMPY);
    }

    static Xor read(Attributes attributes) {
        return new Xor(Alignment.read(attributes));
    }

    @Override
    public long apply(long a, long b) {
        return a ^ b;
    }

    @Override
    public String kernel() {
        return "xor";
    }

    @Override
    public Domain domain() {
        return Domain.BOOL;
    }
}
