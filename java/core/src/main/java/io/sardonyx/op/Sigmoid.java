package io.sardonyx.op;

/**
 * {@code y = 1 / (1 + exp(-x))}. ONNX Sigmoid, opsets 1 to 13.
 */
public record Sigmoid() implements Unary {
    static Sigmoid read(Attributes attributes) {
        return new Sigmoid();
    }

    @Override
    public double apply(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Override
    public String kernel() {
        return "sigmoid";
    }
}
