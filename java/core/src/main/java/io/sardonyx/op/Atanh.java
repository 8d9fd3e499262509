package io.sardonyx.op;

/**
 * The inverse hyperbolic tangent, NaN outside [-1, 1]. ONNX Atanh, opsets 9 to 22.
 */
public record Atanh() implements Unary {
    static Atanh read(Attributes attributes) {
        return new Atanh();
    }

    @Override
    public double apply(double x) {
        return (Math.log1p(x) - Math.log1p(-x)) / 2;
    }

    @Override
    public String kernel() {
        return "atanh";
    }
}
