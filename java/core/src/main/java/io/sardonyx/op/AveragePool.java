package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

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

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return Pooling.launch("average_pool", in.get(0), Pooling.sliding(name(), window, in.shape(0)))
                .map(launch -> launch.param(countIncludePad ? 1L : 0));
    }
}
