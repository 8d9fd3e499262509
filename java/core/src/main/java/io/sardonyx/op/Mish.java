package io.sardonyx.op;

/**
 * {@code y = x · tanh(log(1 + exp(x)))}. ONNX Mish, opsets 18 to 22.
 */
public record Mish() implements Unary {
    static Mish read(Attributes attributes) {
        return new Mish();
    }

    @Override
    public double apply(double x) {
        return value(x);
    }

    static double value(double x) {
        return x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
    }

    @Override
    public String kernel() {
        return "mish";
    }
}
