package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * The mean of the operands; accumulates in double (reference) or in the element type (kernels). ONNX Mean, opsets 1 to 13.
 */
public record Mean() implements Variadic {
    static Mean read(Attributes attributes) {
        return new Mean();
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
    public double finish(double combined, int count) {
        return combined / count;
    }

    @Override
    public String kernel() {
        return "mean";
    }

    @Override
    public Domain domain() {
        return Domain.FLOATS;
    }
}
