package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code y} is -1, 0 or 1 as {@code x} is negative, zero or positive; NaN stays NaN. ONNX Sign, opsets 9 to 13.
 */
public record Sign() implements Unary {
    static Sign read(Attributes attributes) {
        return new Sign();
    }

    @Override
    public double apply(double x) {
        return Math.signum(x);
    }

    @Override
    public long apply(long x, DType type) {
        return type.isUnsigned() ? (x == 0 ? 0 : 1) : Long.signum(x);
    }

    @Override
    public String kernel() {
        return "sign";
    }

    @Override
    public Domain domain() {
        return Domain.NUMBERS;
    }
}
