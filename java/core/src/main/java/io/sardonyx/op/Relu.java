package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code y = max(x, 0)}; NaN stays NaN. ONNX Relu, opsets 1 to 14.
 */
public record Relu() implements Unary {
    static Relu read(Attributes attributes) {
        return new Relu();
    }

    @Override
    public double apply(double x) {
        return Math.max(x, 0);
    }

    @Override
    public long apply(long x, DType type) {
        return Math.max(x, 0);
    }

    @Override
    public String kernel() {
        return "relu";
    }

    @Override
    public Domain domain() {
        return Domain.SIGNED;
    }
}
