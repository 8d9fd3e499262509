package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * The largest of the operands, NaN if one is NaN. ONNX Max, opsets 1 to 13.
 */
public record Max() implements Variadic {
    static Max read(Attributes attributes) {
        return new Max();
    }

    @Override
    public double apply(double a, double b) {
        return Math.max(a, b);
    }

    @Override
    public long apply(long a, long b, DType type) {
        return (type == DType.UINT64 ? Long.compareUnsigned(a, b) : Long.compare(a, b)) > 0 ? a : b;
    }

    @Override
    public String kernel() {
        return "max";
    }
}
