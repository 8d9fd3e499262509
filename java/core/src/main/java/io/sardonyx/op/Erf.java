package io.sardonyx.op;

/**
 * {@code y = 2/√π · ∫ exp(-t²) dt} from 0 to x. ONNX Erf, opsets 9 to 13.
 *
 * <p>Source: Abramowitz and Stegun, 7.1.6 and 7.1.14.
 */
public record Erf() implements Unary {
    private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

    static Erf read(Attributes attributes) {
        return new Erf();
    }

    @Override
    public double apply(double x) {
        return erf(x);
    }

    @Override
    public String kernel() {
        return "erf";
    }

    @Override
    public Domain domain() {
        return Domain.NUMBERS;
    }

    static double erf(double x) {
        double a = Math.abs(x);
        return Double.isNaN(x) ? x : Math.copySign(a < 2.5 ? series(a) : 1 - fraction(a), x);
    }

    /** {@code 1 - erf(x)}, without cancellation where that is small. */
    static double erfc(double x) {
        return x < 2.5 ? 1 - erf(x) : fraction(x);
    }

    /** The standard normal distribution's Φ(x). */
    static double normal(double x) {
        return erfc(-x / Math.sqrt(2)) / 2;
    }

    /** erf for small positive x: all terms are positive, so nothing cancels. */
    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > sum * 0x1p-54; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return TWO_OVER_ROOT_PI * Math.exp(-x * x) * sum;
    }

    /** erfc for large positive x, as a continued fraction evaluated from its end. */
    private static double fraction(double x) {
        double tail = x;
        for (int n = 100; n > 0; n--) {
            tail = x + n / (2 * tail);
        }
        return x > 28 ? 0 : TWO_OVER_ROOT_PI / 2 * Math.exp(-x * x) / tail;
    }
}
