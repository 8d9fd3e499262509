package io.sardonyx.op;

/**
 * The hyperbolic cosine. ONNX Cosh, opsets 9 to 22.
 */
public record Cosh() implements Unary {
    static Cosh read(Attributes attributes) {
        return new Cosh();
    }

    @Override
    public double apply(double x) {
        return Math.cosh(x);
    }

    @Override
    public String kernel() {
        return "cosh";
    }
}
