package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code y = ~x}. ONNX BitwiseNot, opset 18.
 */
public record BitwiseNot() implements Unary {
    static BitwiseNot read(Attributes attributes) {
        return new BitwiseNot();
    }

    @Override
    public double apply(double x) {
        return ~(long) x;
    }

    @Override
    public long apply(long x, DType type) {
        return ~x;
    }

    @Override
    public String kernel() {
        return "bitwise_not";
    }

    @Override
    public Domain domain() {
        return Domain.INTEGERS;
    }
}
