package io.sardonyx.op;

/** Discrete Fourier transforms of one length, in double: Cooley and Tukey's algorithm over the prime factors of the length. */
final class Fourier {
    private final int length;
    private final double[] cosines;
    private final double[] sines;

    /** @param inverse turns the sign of the exponent; nothing is scaled */
    Fourier(int length, boolean inverse) {
        this.length = length;
        this.cosines = new double[length];
        this.sines = new double[length];
        for (int i = 0; i < length; i++) {
            double angle = 2 * Math.PI * i / length;
            cosines[i] = Math.cos(angle);
            sines[i] = inverse ? Math.sin(angle) : -Math.sin(angle);
        }
    }

    /** Complex numbers, real and imaginary parts by turns. */
    double[] transform(double[] x) {
        return length == 0 ? x : transform(x, 0, 1);
    }

    /** The transform of every {@code step}-th number from {@code from} on. */
    private double[] transform(double[] x, int from, int step) {
        int n = length / step;
        if (n == 1) {
            return new double[] {x[2 * from], x[2 * from + 1]};
        }
        int factor = smallestFactor(n);
        int part = n / factor;
        double[] y = new double[2 * n];
        for (int r = 0; r < factor; r++) {
            double[] sub = transform(x, from + r * step, step * factor);
            for (int k = 0; k < n; k++) {
                int turn = (int) ((long) k * r % n) * step;
                double real = sub[2 * (k % part)];
                double imaginary = sub[2 * (k % part) + 1];
                y[2 * k] += real * cosines[turn] - imaginary * sines[turn];
                y[2 * k + 1] += real * sines[turn] + imaginary * cosines[turn];
            }
        }
        return y;
    }

    private static int smallestFactor(int n) {
        for (int factor = 2; factor * factor <= n; factor++) {
            if (n % factor == 0) {
                return factor;
            }
        }
        return n;
    }
}
