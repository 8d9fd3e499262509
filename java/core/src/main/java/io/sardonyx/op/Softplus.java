package io.sardonyx.op;

/**
 * {@code y = log(1 + exp(x))}, written so that nothing overflows. ONNX Softplus, opsets 1 to 22.
 */
public record Softplus() implements Unary {
    static Softplus read(Attributes attributes) {
        return new Softplus();
    }

    @Override
    public double apply(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    @Override
    public String kernel() {
        return "softplus";
    }
}
