package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y[n, c, h, w] = x[n, c, h, w] · scale + bias[c]}.
 *
 * <p>ONNX ImageScaler, an experimental operator of opset 1 that models still use.
 */
public record ImageScaler(float scale, List<Float> bias) implements TensorOperator {
    static ImageScaler read(Attributes attributes) {
        float[] values = attributes.getFloats("bias");
        Float[] bias = new Float[values.length];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = values[i];
        }
        return new ImageScaler(attributes.getFloat("scale", 1), List.of(bias));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat() || in.shape(0).rank() != 4 || in.shape(0).size(1) != bias.size()) {
            throw new IllegalArgumentException("ImageScaler: expected a float tensor [N, " + bias.size()
                    + ", H, W] for as many biases, given " + in.get(0));
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        int plane = (int) x.shape().elements(2, 4);
        for (int i = 0; i < x.size(); i++) {
            out.get(0).set(i, x.getDouble(i) * scale + bias.get(i / plane % bias.size()));
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape x = in.shape(0);
        Launch launch = Launch.of("image_scaler", in.dtype(0))
                .input(0)
                .output(0)
                .params(x.size(0), x.size(1), x.elements(2, 4))
                .param((double) scale)
                .inPlace(0);
        bias.forEach(b -> launch.param((double) b));
        return Optional.of(launch);
    }
}
