package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code c = a / b}; integers are truncated towards zero, the smallest one divided by -1 wraps, and division by zero is refused.
 * ONNX Div, opsets 1 to 14.
 */
public record Div(Alignment alignment) implements Arithmetic {
    /** With NumPy's broadcasting, as since opset 7. */
    public Div() {
        this(Alignment.NUMPY);
    }

    static Div read(Attributes attributes) {
        return new Div(Alignment.read(attributes));
    }

    @Override
    public double apply(double a, double b) {
        return a / b;
    }

    @Override
    public long apply(long a, long b, DType type) {
        if (b == 0) {
            throw new IllegalArgumentException("Div: division of an integer by zero: " + a + " / 0");
        }
        return type == DType.UINT64 ? Long.divideUnsigned(a, b) : a / b;
    }

    @Override
    public String kernel() {
        return "div";
    }
}
