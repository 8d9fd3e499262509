package io.sardonyx.op;

/**
 * The tangent. ONNX Tan, opsets 7 to 22.
 */
public record Tan() implements Unary {
    static Tan read(Attributes attributes) {
        return new Tan();
    }

    @Override
    public double apply(double x) {
        return Math.tan(x);
    }

    @Override
    public String kernel() {
        return "tan";
    }
}
