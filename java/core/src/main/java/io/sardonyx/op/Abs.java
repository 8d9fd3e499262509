package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code y = |x|}; the smallest signed integer stays as it is. ONNX Abs, opsets 1 to 13.
 */
public record Abs() implements Unary {
    static Abs read(Attributes attributes) {
        return new Abs();
    }

    @Override
    public double apply(double x) {
        return Math.abs(x);
    }

    @Override
    public long apply(long x, DType type) {
        return type.isUnsigned() ? x : Math.abs(x);
    }

    @Override
    public String kernel() {
        return "abs";
    }

    @Override
    public Domain domain() {
        return Domain.NUMBERS;
    }
}
