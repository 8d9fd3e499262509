package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = f(x · scale[c] + shift[c])} for X in {@link ChannelBlocks}, and a scale and a shift of shape [C]: what rewrites make of a
 * BatchNormalization that no convolution takes in. {@code io.sardonyx} BlockedScale.
 */
public record BlockedScale(Activation activation) implements TensorOperator {
    static BlockedScale read(Attributes attributes) {
        return new BlockedScale(Activation.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape scale = in.shape(1);
        if (scale.rank() != 1
                || !in.get(1).equals(in.get(2))
                || in.dtype(0) != in.dtype(1)
                || !in.dtype(0).isFloat()) {
            throw new IllegalArgumentException(
                    "BlockedScale: expected X, and a scale and a shift [channels] of its float type, given " + in.get(0)
                            + ", " + in.get(1) + ", " + in.get(2));
        }
        ChannelBlocks.plain(name(), in.shape(0), scale.size(0));
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = ChannelBlocks.toPlain(name(), in.get(0), in.get(1).size());
        HostTensor y = HostTensor.allocate(x.type());
        int positions = (int) x.shape().elements(2, x.shape().rank());
        for (int i = 0; i < x.size(); i++) {
            int c = i / positions % in.get(1).size();
            y.set(
                    i,
                    activation.apply(
                            x.getDouble(i) * in.get(1).getDouble(c) + in.get(2).getDouble(c)));
        }
        ChannelBlocks.toBlocks(y, out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (in.dtype(0) != DType.FLOAT32) {
            return Optional.empty();
        }
        Shape x = in.shape(0);
        Launch launch = Launch.of("scale_channels_blocked", in.dtype(0))
                .input(0)
                .input(1)
                .input(2)
                .output(0)
                .params(x.size(0), in.shape(1).size(0), x.elements(2, x.rank() - 1));
        activation.addTo(launch);
        return Optional.of(launch.inPlace(0));
    }
}
