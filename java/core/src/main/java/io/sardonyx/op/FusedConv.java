package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * {@code y = f(conv(x, w, b) + z)}, or {@code f(conv(x, w, b)) + z} if {@code addLast}: a {@link Conv} with an activation
 * {@code f} and, optionally, a tensor {@code z}, of the same shape as a rule (else both broadcast). What a rewrite makes of Conv, Add, Relu, Sigmoid, Mul …
 *
 * <p>Inputs X, W, optional B, optional Z, all of one float type.
 */
public record FusedConv(Conv conv, Activation activation, boolean addLast) implements TensorOperator {
    private static final int Z = 3;

    static FusedConv read(Attributes attributes) {
        return new FusedConv(Conv.read(attributes), Activation.read(attributes), attributes.getFlag("add_last", false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        TensorType y = in.get(0).with(conv.shapes(name(), in).output());
        if (!in.has(Z)) {
            return List.of(y);
        }
        if (in.dtype(Z) != y.dtype()) {
            throw new IllegalArgumentException("FusedConv: Z: expected " + y + ", given " + in.get(Z));
        }
        return List.of(y.with(Broadcast.shape(name(), y.shape(), in.shape(Z))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        Shape shape = conv.shapes(name(), in.types(1)).output();
        double[] sums = new double[(int) shape.elements()];
        conv.convolve(in, (i, sum) -> sums[i] = sum);
        IntUnaryOperator sumAt = Broadcast.positions(shape, y.shape());
        IntUnaryOperator zAt = in.has(Z) ? Broadcast.positions(in.get(Z).shape(), y.shape()) : i -> i;
        for (int i = 0; i < y.size(); i++) {
            double sum = sums[sumAt.applyAsInt(i)];
            double z = in.has(Z) ? in.get(Z).getDouble(zAt.applyAsInt(i)) : 0;
            y.set(i, addLast ? activation.apply(sum) + z : activation.apply(sum + z));
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        boolean stretched =
                in.has(Z) && !in.shape(Z).equals(conv.shapes(name(), in).output());
        return !stretched ? conv.launch(in, activation, addLast) : Optional.empty();
    }
}
