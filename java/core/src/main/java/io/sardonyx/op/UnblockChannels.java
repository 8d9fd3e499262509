package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@link ChannelBlocks} of so many channels back to [N, C, spatial axes]. {@code io.sardonyx} UnblockChannels, which rewrites make.
 */
public record UnblockChannels(long channels) implements TensorOperator {
    static UnblockChannels read(Attributes attributes) {
        return new UnblockChannels(attributes.getInt("channels"));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return List.of(in.get(0).with(ChannelBlocks.plain(name(), in.shape(0), channels)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        ChannelBlocks.toPlain(in.get(0), out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return BlockChannels.launch("unblock_channels", in.get(0), out.get(0).shape());
    }
}
