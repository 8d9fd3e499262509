package io.sardonyx.op;

/**
 * The inverse hyperbolic cosine, NaN below 1. ONNX Acosh, opsets 9 to 22.
 */
public record Acosh() implements Unary {
    static Acosh read(Attributes attributes) {
        return new Acosh();
    }

    @Override
    public double apply(double x) {
        // Squares of larger numbers overflow or swallow the 1; log1p keeps the digits near 1.
        return x > 0x1p28 ? Math.log(x) + Math.log(2) : Math.log1p(x - 1 + Math.sqrt((x - 1) * (x + 1)));
    }

    @Override
    public String kernel() {
        return "acosh";
    }
}
