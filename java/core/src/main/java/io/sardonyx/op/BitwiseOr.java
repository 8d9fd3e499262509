package io.sardonyx.op;

/**
 * {@code c = a | b}. ONNX BitwiseOr, opset 18.
 */
public record BitwiseOr() implements Bitwise {
    static BitwiseOr read(Attributes attributes) {
        return new BitwiseOr();
    }

    @Override
    public long apply(long a, long b) {
        return a | b;
    }

    @Override
    public String kernel() {
        return "bitwise_or";
    }

    @Override
    public Domain domain() {
        return Domain.INTEGERS;
    }
}
