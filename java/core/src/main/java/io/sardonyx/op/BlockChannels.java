package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** [N, C, spatial axes] to {@link ChannelBlocks}. {@code io.sardonyx} BlockChannels, which rewrites make. */
public record BlockChannels() implements TensorOperator {
    static BlockChannels read(Attributes attributes) {
        return new BlockChannels();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.shape(0).rank() < 2 || in.dtype(0) == DType.STRING) {
            throw new IllegalArgumentException(
                    "BlockChannels: expected numbers [N, channels, spatial axes], given " + in.get(0));
        }
        return List.of(in.get(0).with(ChannelBlocks.blocked(in.shape(0))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        ChannelBlocks.toBlocks(in.get(0), out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return launch("block_channels", in.get(0), in.shape(0));
    }

    /** A launch of one of the two kernels that move channels; {@code plain} is the shape outside of blocks. */
    static Optional<Launch> launch(String key, TensorType type, Shape plain) {
        return type.dtype() != DType.FLOAT32 && type.dtype() != DType.INT8 && type.dtype() != DType.UINT8
                ? Optional.empty()
                : Optional.of(Launch.of(key, type.dtype())
                        .input(0)
                        .output(0)
                        .params(plain.size(0), plain.size(1), plain.elements(2, plain.rank())));
    }
}
