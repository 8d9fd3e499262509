package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code y = x}, or {@code slope · x} for negative {@code x}; the slope broadcasts to x, and before opset 7 it is one number or one
 * for each channel. ONNX PRelu, opsets 1 to 16.
 */
public record PRelu(Alignment alignment) implements Arithmetic {
    public PRelu() {
        this(Alignment.NUMPY);
    }

    static PRelu read(Attributes attributes) {
        return attributes.opset() >= 7 ? new PRelu() : new PRelu(new Alignment(Alignment.Rule.SECOND_TO_FIRST, 1));
    }

    @Override
    public double apply(double x, double slope) {
        return x < 0 ? slope * x : x;
    }

    @Override
    public long apply(long x, long slope, DType type) {
        return x < 0 && !type.isUnsigned() ? slope * x : x;
    }

    @Override
    public String kernel() {
        return "prelu";
    }
}
