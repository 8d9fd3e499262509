package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = (x - mean) / sqrt(variance + epsilon) · scale[c] + bias[c]} for X [N, C, spatial axes], with the mean and the
 * population variance of each channel of each sample. Accumulates in double.
 *
 * <p>ONNX InstanceNormalization, opsets 1, 6, 22. Inputs X, scale, bias.
 */
public record InstanceNormalization(float epsilon) implements TensorOperator {
    static InstanceNormalization read(Attributes attributes) {
        return new InstanceNormalization(attributes.getFloat("epsilon", 1e-5f));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (x.rank() < 2) {
            throw new IllegalArgumentException(
                    "InstanceNormalization: expected X [batch, channels, spatial axes], given " + in.get(0));
        }
        for (int i = 0; i < 3; i++) {
            if (!in.dtype(i).isFloat()
                    || in.dtype(i) != in.dtype(0)
                    || (i > 0 && !in.shape(i).equals(x.slice(1, 2)))) {
                throw new IllegalArgumentException("InstanceNormalization: input " + i + " of X, scale, bias: expected "
                        + (i == 0 ? "a float type" : in.dtype(0) + "[" + x.size(1) + "]") + ", given " + in.get(i));
            }
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        double[] x = in.get(0).toDoubles();
        int channels = (int) in.get(0).shape().size(1);
        int plane = (int) in.get(0).shape().elements(2, in.get(0).shape().rank());
        int planes = (int) in.get(0).shape().elements(0, 2);
        for (int p = 0; p < planes; p++) {
            double sum = 0;
            for (int i = p * plane; i < (p + 1) * plane; i++) {
                sum += x[i];
            }
            double mean = sum / plane;
            double squares = 0;
            for (int i = p * plane; i < (p + 1) * plane; i++) {
                squares += (x[i] - mean) * (x[i] - mean);
            }
            double factor = in.get(1).getDouble(p % channels) / Math.sqrt(squares / plane + epsilon);
            double bias = in.get(2).getDouble(p % channels);
            for (int i = p * plane; i < (p + 1) * plane; i++) {
                out.get(0).set(i, (x[i] - mean) * factor + bias);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape x = in.shape(0);
        return Optional.of(Launch.of("instance_normalization", in.dtype(0))
                .input(0)
                .input(1)
                .input(2)
                .output(0)
                .params(x.elements(0, 2), x.size(1), x.elements(2, x.rank()))
                .param((double) epsilon)
                .scratch(GroupNormalization.partBytes(x.elements(0, 2), x.elements(2, x.rank())))
                .inPlace(0));
    }
}
