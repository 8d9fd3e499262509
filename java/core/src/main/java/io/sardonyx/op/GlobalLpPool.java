package io.sardonyx.op;

/**
 * The p-norm of each channel, {@code (Σ |x|^p)^(1/p)}: X [N, C, spatial axes] to Y [N, C, 1, …]. Accumulates in double.
 *
 * <p>ONNX GlobalLpPool, opsets 1, 2, 22.
 */
public record GlobalLpPool(double p) implements GlobalPooling {
    static GlobalLpPool read(Attributes attributes) {
        return new GlobalLpPool(LpPool.readP(attributes));
    }

    @Override
    public double reduce(double[] x, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += Math.pow(Math.abs(x[i]), p);
        }
        return Math.pow(sum, 1 / p);
    }
}
