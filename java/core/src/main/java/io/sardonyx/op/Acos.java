package io.sardonyx.op;

/**
 * The arc cosine. ONNX Acos, opsets 7 to 22.
 */
public record Acos() implements Unary {
    static Acos read(Attributes attributes) {
        return new Acos();
    }

    @Override
    public double apply(double x) {
        return Math.acos(x);
    }

    @Override
    public String kernel() {
        return "acos";
    }
}
