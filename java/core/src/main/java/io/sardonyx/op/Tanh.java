package io.sardonyx.op;

/**
 * The hyperbolic tangent. ONNX Tanh, opsets 1 to 13.
 */
public record Tanh() implements Unary {
    static Tanh read(Attributes attributes) {
        return new Tanh();
    }

    @Override
    public double apply(double x) {
        return Math.tanh(x);
    }

    @Override
    public String kernel() {
        return "tanh";
    }
}
