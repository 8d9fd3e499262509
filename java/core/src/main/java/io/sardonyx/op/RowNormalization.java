package io.sardonyx.op;

/** {@code v → (v - mean) · inverse} with {@code inverse = 1 / √(variance + epsilon)} of a row; in double. */
record RowNormalization(double mean, double inverse) {
    /** Without centring (RMS) the mean is taken as 0, and the variance around it. */
    static RowNormalization of(double[] row, double epsilon, boolean centred) {
        double sum = 0;
        for (double v : row) {
            sum += v;
        }
        double mean = centred ? sum / row.length : 0;
        double squares = 0;
        for (double v : row) {
            squares += (v - mean) * (v - mean);
        }
        return new RowNormalization(mean, 1 / Math.sqrt(squares / row.length + epsilon));
    }

    double apply(double v) {
        return (v - mean) * inverse;
    }
}
