package io.sardonyx.op;

/**
 * The largest element of each channel, NaN if there is one: X [N, C, spatial axes] to Y [N, C, 1, …].
 *
 * <p>ONNX GlobalMaxPool, opsets 1, 22.
 */
public record GlobalMaxPool() implements GlobalPooling {
    static GlobalMaxPool read(Attributes attributes) {
        return new GlobalMaxPool();
    }

    @Override
    public double reduce(double[] x, int from, int to) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, x[i]);
        }
        return largest;
    }
}
