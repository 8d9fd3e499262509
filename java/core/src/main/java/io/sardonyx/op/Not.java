package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code y} is true where {@code x} is false. ONNX Not, opset 1.
 */
public record Not() implements Unary {
    static Not read(Attributes attributes) {
        return new Not();
    }

    @Override
    public double apply(double x) {
        return x == 0 ? 1 : 0;
    }

    @Override
    public long apply(long x, DType type) {
        return x ^ 1;
    }

    @Override
    public String kernel() {
        return "not";
    }

    @Override
    public Domain domain() {
        return Domain.BOOL;
    }
}
