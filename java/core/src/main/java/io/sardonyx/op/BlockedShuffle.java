package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** {@link ChannelShuffle} of a tensor of so many channels in {@link ChannelBlocks}. {@code io.sardonyx} BlockedShuffle, which rewrites make. */
public record BlockedShuffle(long group, long channels) implements TensorOperator {
    static BlockedShuffle read(Attributes attributes) {
        return new BlockedShuffle(attributes.getInt("group"), attributes.getInt("channels"));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        ChannelBlocks.plain(name(), in.shape(0), channels);
        ChannelShuffle.requireGroups(name(), channels, group);
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = ChannelBlocks.toPlain(name(), in.get(0), channels);
        HostTensor y = HostTensor.allocate(x.type());
        new ChannelShuffle(group, 1).reference(Inputs.of(x), List.of(y));
        ChannelBlocks.toBlocks(y, out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape x = in.shape(0);
        return in.dtype(0) != DType.FLOAT32
                ? Optional.empty()
                : Optional.of(Launch.of("shuffle_channels_blocked", in.dtype(0))
                        .input(0)
                        .output(0)
                        .params(x.size(0), channels, x.elements(2, x.rank() - 1), group));
    }
}
