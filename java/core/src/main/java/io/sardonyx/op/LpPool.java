package io.sardonyx.op;

/**
 * The p-norm of each window: {@code (Σ |x|^p)^(1/p)}; padding counts as zero. Accumulates in double.
 *
 * <p>ONNX LpPool, opsets 1, 2, 11, 18, 22.
 */
public record LpPool(Window window, double p) implements Pooling {
    static LpPool read(Attributes attributes) {
        return new LpPool(Window.read(attributes), readP(attributes));
    }

    /** A float in opset 1, an integer since. */
    static double readP(Attributes attributes) {
        return attributes.opset() < 2 ? attributes.getFloat("p", 2) : attributes.getInt("p", 2);
    }

    @Override
    public double reduce(double[] x, int plane, int[] sources) {
        double sum = 0;
        for (int source : sources) {
            if (source >= 0) {
                sum += Math.pow(Math.abs(x[plane + source]), p);
            }
        }
        return Math.pow(sum, 1 / p);
    }
}
