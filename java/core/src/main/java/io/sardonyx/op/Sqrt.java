package io.sardonyx.op;

/**
 * {@code y = √x}, NaN for negative numbers. ONNX Sqrt, opsets 1 to 13.
 */
public record Sqrt() implements Unary {
    static Sqrt read(Attributes attributes) {
        return new Sqrt();
    }

    @Override
    public double apply(double x) {
        return Math.sqrt(x);
    }

    @Override
    public String kernel() {
        return "sqrt";
    }
}
