package io.sardonyx.op;

/**
 * The cosine. ONNX Cos, opsets 7 to 22.
 */
public record Cos() implements Unary {
    static Cos read(Attributes attributes) {
        return new Cos();
    }

    @Override
    public double apply(double x) {
        return Math.cos(x);
    }

    @Override
    public String kernel() {
        return "cos";
    }
}
