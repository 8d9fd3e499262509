package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** A {@link MaxPool} or {@link AveragePool} of {@link ChannelBlocks}. {@code io.sardonyx} BlockedPool, which rewrites make. */
public record BlockedPool(boolean max, Window window, boolean countIncludePad) implements TensorOperator {
    static BlockedPool read(Attributes attributes) {
        return new BlockedPool(
                attributes.getFlag("max", false),
                Window.read(attributes),
                attributes.getFlag("count_include_pad", false));
    }

    private TensorOperator plain() {
        return max ? new MaxPool(window, false) : new AveragePool(window, countIncludePad);
    }

    /** X as if all lanes of its blocks were channels: what is in lanes without a channel means nothing, before and after. */
    private Shape plainX(Shape x) {
        return ChannelBlocks.plain(name(), x, x.rank() < 2 ? 0 : x.size(1) * ChannelBlocks.SIZE);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        TensorType y = plain().infer(InputTypes.of(in.get(0).with(plainX(in.shape(0)))))
                .get(0);
        return List.of(y.with(ChannelBlocks.blocked(y.shape())));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x =
                HostTensor.allocate(in.get(0).type().with(plainX(in.get(0).shape())));
        ChannelBlocks.toPlain(in.get(0), x);
        HostTensor y =
                HostTensor.allocate(out.get(0).type().with(plainX(out.get(0).shape())));
        plain().reference(Inputs.of(x), List.of(y));
        ChannelBlocks.toBlocks(y, out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Sliding s = Pooling.sliding(name(), window, plainX(in.shape(0)));
        if (in.dtype(0) != DType.FLOAT32 || s.axes() > 3) {
            return Optional.empty();
        }
        Launch launch = Launch.of(max ? "max_pool_blocked" : "average_pool_blocked", in.dtype(0))
                .input(0)
                .output(0)
                .param(in.shape(0).elements(0, 2));
        ConvolutionKernel.addAxes(launch, Pooling.axes(s));
        return Optional.of(launch.param(countIncludePad ? 1L : 0)
                .scratchPerThread(4 * ChannelBlocks.SIZE * s.input[s.axes() - 1]));
    }
}
