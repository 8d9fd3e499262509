package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * The sum of the operands; accumulates in double (reference) or in the element type (kernels). ONNX Sum, opsets 1 to 13.
 */
public record Sum() implements Variadic {
    static Sum read(Attributes attributes) {
        return new Sum();
    }

    @Override
    public double apply(double a, double b) {
        return a + b;
    }

    @Override
    public long apply(long a, long b, DType type) {
        return a + b;
    }

    @Override
    public String kernel() {
        return "sum";
    }

    @Override
    public Domain domain() {
        return Domain.FLOATS;
    }
}
