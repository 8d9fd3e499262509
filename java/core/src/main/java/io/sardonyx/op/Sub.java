package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code c = a - b}; integers wrap. ONNX Sub, opsets 1 to 14.
 */
public record Sub(Alignment alignment) implements Arithmetic {
    /** With NumPy's broadcasting, as since opset 7. */
    public Sub() {
        this(Alignment.NUMPY);
    }

    static Sub read(Attributes attributes) {
        return new Sub(Alignment.read(attributes));
    }

    @Override
    public double apply(double a, double b) {
        return a - b;
    }

    @Override
    public long apply(long a, long b, DType type) {
        return a - b;
    }

    @Override
    public String kernel() {
        return "sub";
    }
}
