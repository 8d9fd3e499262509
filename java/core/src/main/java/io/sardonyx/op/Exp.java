package io.sardonyx.op;

/**
 * e to the power of {@code x}. ONNX Exp, opsets 1 to 13.
 */
public record Exp() implements Unary {
    static Exp read(Attributes attributes) {
        return new Exp();
    }

    @Override
    public double apply(double x) {
        return Math.exp(x);
    }

    @Override
    public String kernel() {
        return "exp";
    }
}
