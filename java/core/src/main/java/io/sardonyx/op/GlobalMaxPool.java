package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

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

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return reduction("reduce_max", in);
    }
}
