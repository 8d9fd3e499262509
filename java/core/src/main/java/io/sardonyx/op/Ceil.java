package io.sardonyx.op;

/**
 * {@code y = ⌈x⌉}. ONNX Ceil, opsets 1 to 13.
 */
public record Ceil() implements Unary {
    static Ceil read(Attributes attributes) {
        return new Ceil();
    }

    @Override
    public double apply(double x) {
        return Math.ceil(x);
    }

    @Override
    public String kernel() {
        return "ceil";
    }
}
