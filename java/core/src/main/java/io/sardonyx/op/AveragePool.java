package io.sardonyx.op;

/**
 * The mean of each window. Padding counts into the divisor only if {@code countIncludePad}; what {@code ceil_mode} adds beyond
 * the padding never does. Accumulates in double (reference) or float32 (kernels).
 *
 * <p>ONNX AveragePool, opsets 1, 7, 10, 11, 19, 22.
 */
public record AveragePool(Window window, boolean countIncludePad) implements Pooling {
    static AveragePool read(Attributes attributes) {
        return new AveragePool(Window.read(attributes), attributes.getFlag("count_include_pad", false));
    }

    @Override
    public double reduce(double[] x, int plane, int[] sources) {
        double sum = 0;
        int count = 0;
        for (int source : sources) {
            if (source >= 0) {
                sum += x[plane + source];
                count++;
            } else if (source == Sliding.PADDING && countIncludePad) {
                count++;
            }
        }
        return sum / count;
    }
}
