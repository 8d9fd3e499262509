package io.sardonyx.op;

/**
 * The sine. ONNX Sin, opsets 7 to 22.
 */
public record Sin() implements Unary {
    static Sin read(Attributes attributes) {
        return new Sin();
    }

    @Override
    public double apply(double x) {
        return Math.sin(x);
    }

    @Override
    public String kernel() {
        return "sin";
    }
}
