package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = f(conv(x, w, b) + z)}, or {@code f(conv(x, w, b)) + z} if {@code addLast}: a {@link Conv} with an activation
 * {@code f} and, optionally, a tensor {@code z} of the output's shape. What a rewrite makes of Conv, Add, Relu, Sigmoid, Mul …
 *
 * <p>Inputs X, W, optional B, optional Z, all of one float type.
 */
public record FusedConv(Conv conv, Activation activation, boolean addLast) implements TensorOperator {
    static FusedConv read(Attributes attributes) {
        return new FusedConv(Conv.read(attributes), Activation.read(attributes), attributes.getFlag("add_last", false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        TensorType y = in.get(0).with(conv.shapes(name(), in).output());
        if (in.has(3) && !in.get(3).equals(y)) {
            throw new IllegalArgumentException("FusedConv: Z: expected " + y + ", given " + in.get(3));
        }
        return List.of(y);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        double[] z = in.has(3) ? in.get(3).toDoubles() : new double[y.size()];
        conv.convolve(in, (i, sum) -> y.set(i, addLast ? activation.apply(sum) + z[i] : activation.apply(sum + z[i])));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return conv.launch(in, activation, addLast);
    }
}
