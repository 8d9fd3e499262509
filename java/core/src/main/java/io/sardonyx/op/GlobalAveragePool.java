package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The mean of each channel: X [N, C, spatial axes] to Y [N, C, 1, …]. Accumulates in double (reference) or float32 (kernels).
 *
 * <p>ONNX GlobalAveragePool, opsets 1, 22.
 */
public record GlobalAveragePool() implements GlobalPooling {
    static GlobalAveragePool read(Attributes attributes) {
        return new GlobalAveragePool();
    }

    @Override
    public double reduce(double[] x, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += x[i];
        }
        return sum / (to - from);
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return reduction("reduce_mean", in);
    }
}
