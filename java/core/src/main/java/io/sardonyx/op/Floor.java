package io.sardonyx.op;

/**
 * {@code y = ⌊x⌋}. ONNX Floor, opsets 1 to 13.
 */
public record Floor() implements Unary {
    static Floor read(Attributes attributes) {
        return new Floor();
    }

    @Override
    public double apply(double x) {
        return Math.floor(x);
    }

    @Override
    public String kernel() {
        return "floor";
    }
}
