package io.sardonyx.op;

/**
 * {@code c = a & b}. ONNX BitwiseAnd, opset 18.
 */
public record BitwiseAnd() implements Bitwise {
    static BitwiseAnd read(Attributes attributes) {
        return new BitwiseAnd();
    }

    @Override
    public long apply(long a, long b) {
        return a & b;
    }

    @Override
    public String kernel() {
        return "bitwise_and";
    }

    @Override
    public Domain domain() {
        return Domain.INTEGERS;
    }
}
