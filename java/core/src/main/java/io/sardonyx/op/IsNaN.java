package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code y} says whether {@code x} is not a number. ONNX IsNaN, opsets 9 to 20.
 */
public record IsNaN() implements Unary {
    static IsNaN read(Attributes attributes) {
        return new IsNaN();
    }

    @Override
    public double apply(double x) {
        return Double.isNaN(x) ? 1 : 0;
    }

    @Override
    public String kernel() {
        return "is_nan";
    }

    @Override
    public DType result(DType operand) {
        return DType.BOOL;
    }
}
