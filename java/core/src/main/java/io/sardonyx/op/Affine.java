package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = alpha · x + beta}.
 *
 * <p>ONNX Affine, an experimental operator of opset 1 that models still use.
 */
public record Affine(float alpha, float beta) implements TensorOperator {
    static Affine read(Attributes attributes) {
        return new Affine(attributes.getFloat("alpha", 1), attributes.getFloat("beta", 0));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat()) {
            throw new IllegalArgumentException("Affine: expected a float type, given " + in.get(0));
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        for (int i = 0; i < out.get(0).size(); i++) {
            out.get(0).set(i, in.get(0).getDouble(i) * alpha + beta);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return Optional.of(Launch.of("image_scaler", in.dtype(0))
                .input(0)
                .output(0)
                .params(1, 1, in.shape(0).elements())
                .param((double) alpha)
                .param((double) beta)
                .inPlace(0));
    }
}
