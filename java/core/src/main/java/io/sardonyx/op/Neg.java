package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code y = -x}. ONNX Neg, opsets 1 to 13.
 */
public record Neg() implements Unary {
    static Neg read(Attributes attributes) {
        return new Neg();
    }

    @Override
    public double apply(double x) {
        return -x;
    }

    @Override
    public long apply(long x, DType type) {
        return -x;
    }

    @Override
    public String kernel() {
        return "neg";
    }

    @Override
    public Domain domain() {
        return Domain.SIGNED;
    }
}
