package io.sardonyx.op;

/**
 * The inverse hyperbolic sine. ONNX Asinh, opsets 9 to 22.
 */
public record Asinh() implements Unary {
    static Asinh read(Attributes attributes) {
        return new Asinh();
    }

    @Override
    public double apply(double x) {
        double a = Math.abs(x);
        // Squares of larger numbers overflow or swallow the 1; log1p keeps the digits of small ones.
        double y = a > 0x1p28 ? Math.log(a) + Math.log(2) : Math.log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
        return Math.copySign(y, x);
    }

    @Override
    public String kernel() {
        return "asinh";
    }
}
