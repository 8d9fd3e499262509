package io.sardonyx.op;

/**
 * {@code y = x · max(0, min(1, x / 6 + 1 / 2))}. ONNX HardSwish, opsets 14 to 22.
 */
public record HardSwish() implements Unary {
    static HardSwish read(Attributes attributes) {
        return new HardSwish();
    }

    @Override
    public double apply(double x) {
        return x * Math.max(0, Math.min(1, x / 6 + 0.5));
    }

    @Override
    public String kernel() {
        return "hard_swish";
    }
}
