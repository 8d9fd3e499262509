package io.sardonyx.op;

/**
 * {@code y = 1 / x}. ONNX Reciprocal, opsets 1 to 13.
 */
public record Reciprocal() implements Unary {
    static Reciprocal read(Attributes attributes) {
        return new Reciprocal();
    }

    @Override
    public double apply(double x) {
        return 1 / x;
    }

    @Override
    public String kernel() {
        return "reciprocal";
    }
}
