package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * The smallest of the operands, NaN if one is NaN. ONNX Min, opsets 1 to 13.
 */
public record Min() implements Variadic {
    static Min read(Attributes attributes) {
        return new Min();
    }

    @Override
    public double apply(double a, double b) {
        return Math.min(a, b);
    }

    @Override
    public long apply(long a, long b, DType type) {
        return (type == DType.UINT64 ? Long.compareUnsigned(a, b) : Long.compare(a, b)) < 0 ? a : b;
    }

    @Override
    public String kernel() {
        return "min";
    }
}
