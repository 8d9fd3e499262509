package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** {@link Gemm} followed by an activation. {@code com.microsoft} FusedGemm; floats only. */
public record FusedGemm(Gemm gemm, Activation activation) implements TensorOperator {
    static FusedGemm read(Attributes attributes) {
        return new FusedGemm(
                Gemm.read(attributes),
                Activation.of(
                        attributes.getString("activation", "None"),
                        attributes.getFloat("activation_alpha", 0),
                        attributes.getFloat("activation_beta", 0)));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat()) {
            throw new IllegalArgumentException(name() + ": expected a float type, given " + in.get(0));
        }
        return gemm.infer(in);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        double[] sums = gemm.sums(name(), in);
        for (int i = 0; i < sums.length; i++) {
            out.get(0).set(i, activation.apply(sums[i]));
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return gemm.launch(name(), in).then(activation).launch(in);
    }

    @Override
    public Optional<Launch.Pack> pack(int index, TensorType weight) {
        return gemm.pack(index, weight);
    }
}
