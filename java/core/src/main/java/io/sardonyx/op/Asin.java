package io.sardonyx.op;

/**
 * The arc sine. ONNX Asin, opsets 7 to 22.
 */
public record Asin() implements Unary {
    static Asin read(Attributes attributes) {
        return new Asin();
    }

    @Override
    public double apply(double x) {
        return Math.asin(x);
    }

    @Override
    public String kernel() {
        return "asin";
    }
}
