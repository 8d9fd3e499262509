package io.sardonyx.op;

/**
 * {@code c = a ^ b}. ONNX BitwiseXor, opset 18.
 */
public record BitwiseXor() implements Bitwise {
    static BitwiseXor read(Attributes attributes) {
        return new BitwiseXor();
    }

    @Override
    public long apply(long a, long b) {
        return a ^ b;
    }

    @Override
    public String kernel() {
        return "bitwise_xor";
    }

    @Override
    public Domain domain() {
        return Domain.INTEGERS;
    }
}
