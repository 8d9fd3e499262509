package io.sardonyx.op;

/**
 * {@code y = x / (1 + |x|)}. ONNX Softsign, opsets 1 to 22.
 */
public record Softsign() implements Unary {
    static Softsign read(Attributes attributes) {
        return new Softsign();
    }

    @Override
    public double apply(double x) {
        return x / (1 + Math.abs(x));
    }

    @Override
    public String kernel() {
        return "softsign";
    }
}
