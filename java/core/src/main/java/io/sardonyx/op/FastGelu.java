package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** {@code c = Gelu(a + b)} with {@link Gelu}'s approximation by tanh; the bias b is optional. FastGelu of com.microsoft. */
public record FastGelu() implements Binary {
    private static final Gelu WITHOUT_BIAS = new Gelu(true);

    static FastGelu read(Attributes attributes) {
        return new FastGelu();
    }

    @Override
    public void apply(HostTensor a, int i, HostTensor b, int j, HostTensor c, int k) {
        c.set(k, Gelu.approximate(a.getDouble(i) + b.getDouble(j)));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return in.has(1) ? Binary.super.infer(in) : WITHOUT_BIAS.infer(in);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        if (in.has(1)) {
            Binary.super.reference(in, out);
        } else {
            WITHOUT_BIAS.reference(in, out);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return in.has(1) ? Binary.super.launch(in, out) : WITHOUT_BIAS.launch(in, out);
    }

    @Override
    public String kernel() {
        return "bias_gelu_tanh";
    }

    @Override
    public Domain domain() {
        return Domain.FLOATS;
    }
}
