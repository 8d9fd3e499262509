package io.sardonyx.op;

/**
 * The arc tangent. ONNX Atan, opsets 7 to 22.
 */
public record Atan() implements Unary {
    static Atan read(Attributes attributes) {
        return new Atan();
    }

    @Override
    public double apply(double x) {
        return Math.atan(x);
    }

    @Override
    public String kernel() {
        return "atan";
    }
}
