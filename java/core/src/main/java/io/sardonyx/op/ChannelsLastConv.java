package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@link FusedConv} of tensors whose channels are last, as GPUs want them: X is [N, spatial axes, C], W is [M, kernel, C / group],
 * optional B is [M], optional Z, which is added before the activation or, if {@code addLast}, behind it, is of the output's type
 * [N, spatial axes, M] as a rule (else both broadcast). Inputs of one float type.
 */
public record ChannelsLastConv(Conv conv, Activation activation, boolean addLast) implements TensorOperator {
    private static final int X = 0;
    private static final int W = 1;
    private static final int B = 2;
    private static final int Z = 3;

    static ChannelsLastConv read(Attributes attributes) {
        return new ChannelsLastConv(
                Conv.read(attributes), Activation.read(attributes), attributes.getFlag("add_last", false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        TensorType y = inferWithoutZ(in);
        if (in.has(Z)
                && (in.dtype(Z) != y.dtype() || in.shape(Z).rank() != y.shape().rank())) {
            throw new IllegalArgumentException(name() + ": Z: expected " + y + ", given " + in.get(Z));
        }
        return List.of(in.has(Z) ? y.with(Broadcast.shape(name(), y.shape(), in.shape(Z))) : y);
    }

    private TensorType inferWithoutZ(InputTypes in) {
        return in.get(X).with(ChannelsLast.toLast(shapes(in).output()));
    }

    private Convolution shapes(InputTypes in) {
        if (in.shape(X).rank() < 3 || in.shape(W).rank() != in.shape(X).rank()) {
            throw new IllegalArgumentException(name()
                    + ": expected X [batch, spatial axes, channels] and W [filters, kernel, channels / group], given "
                    + in.shape(X) + " and " + in.shape(W));
        }
        return conv.shapes(
                name(),
                InputTypes.of(
                        ChannelsLast.toFirst(in.get(X)),
                        ChannelsLast.toFirst(in.get(W)),
                        in.has(B) ? in.get(B) : null));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = HostTensor.allocate(ChannelsLast.toFirst(out.get(0).type()));
        new FusedConv(conv, activation, addLast)
                .reference(
                        Inputs.of(
                                ChannelsLast.toFirst(in.get(X)),
                                ChannelsLast.toFirst(in.get(W)),
                                in.has(B) ? in.get(B) : null,
                                in.has(Z) ? ChannelsLast.toFirst(in.get(Z)) : null),
                        List.of(y));
        ChannelsLast.toLast(y, out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        boolean stretched = in.has(Z) && !in.get(Z).equals(inferWithoutZ(in));
        return stretched
                ? Optional.empty()
                : ConvolutionKernel.channelsLast(in.dtype(X), shapes(in), activation, addLast);
    }
}
