package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/** {@code c = Gelu(a + b)} with the exact {@link Gelu}; b is a row. BiasGelu of com.microsoft. */
public record BiasGelu() implements Arithmetic {
    static BiasGelu read(Attributes attributes) {
        return new BiasGelu();
    }

    @Override
    public double apply(double a, double b) {
        return Gelu.exact(a + b);
    }

    @Override
    public long apply(long a, long b, DType type) {
        throw new IllegalArgumentException("BiasGelu is not defined on " + type);
    }

    @Override
    public String kernel() {
        return "bias_gelu";
    }

    @Override
    public Domain domain() {
        return Domain.FLOATS;
    }
}
