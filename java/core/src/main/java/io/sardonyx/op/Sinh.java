package io.sardonyx.op;

/**
 * The hyperbolic sine. ONNX Sinh, opsets 9 to 22.
 */
public record Sinh() implements Unary {
    static Sinh read(Attributes attributes) {
        return new Sinh();
    }

    @Override
    public double apply(double x) {
        return Math.sinh(x);
    }

    @Override
    public String kernel() {
        return "sinh";
    }
}
