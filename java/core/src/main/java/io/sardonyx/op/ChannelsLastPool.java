package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@link MaxPool}, without indices, or {@link AveragePool} of a float tensor [N, spatial axes, C].
 *
 * @param countIncludePad as AveragePool has it; nothing to {@link Kind#MAX}
 */
public record ChannelsLastPool(Kind kind, Window window, boolean countIncludePad) implements TensorOperator {
    public enum Kind {
        MAX,
        AVERAGE
    }

    static ChannelsLastPool read(Attributes attributes) {
        return new ChannelsLastPool(
                Kind.valueOf(attributes.getString("kind")),
                Window.read(attributes),
                attributes.getFlag("count_include_pad", false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        TensorType x = in.get(0);
        if (!x.dtype().isFloat()) {
            throw new IllegalArgumentException(name() + ": expected a float type, given " + x);
        }
        return List.of(x.with(
                ChannelsLast.toLast(sliding(x).output(ChannelsLast.toFirst(x).shape()))));
    }

    private Sliding sliding(TensorType x) {
        if (x.shape().rank() < 3) {
            throw new IllegalArgumentException(
                    name() + ": expected X [batch, spatial axes, channels], given " + x.shape());
        }
        return Pooling.sliding(name(), window, ChannelsLast.toFirst(x.shape()));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = HostTensor.allocate(ChannelsLast.toFirst(out.get(0).type()));
        TensorOperator pool = kind == Kind.MAX ? new MaxPool(window, false) : new AveragePool(window, countIncludePad);
        pool.reference(Inputs.of(ChannelsLast.toFirst(in.get(0))), List.of(y));
        ChannelsLast.toLast(y, out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        TensorType x = in.get(0);
        Sliding s = sliding(x);
        if (s.axes() > 3 || !ConvolutionKernel.hasKernel(x.dtype())) {
            return Optional.empty();
        }
        Launch launch = Launch.of(kind == Kind.MAX ? "max_pool_channels_last" : "average_pool_channels_last", x.dtype())
                .input(0)
                .output(0)
                .params(x.shape().size(0), x.shape().size(x.shape().rank() - 1));
        ConvolutionKernel.addAxes(launch, Pooling.axes(s));
        return Optional.of(launch.param(kind == Kind.AVERAGE && countIncludePad ? 1L : 0));
    }
}
