package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link QLinearConv} to {@link ChannelBlocks}, of constant int8 weights whose zero point is 0: what a rewrite makes for devices whose
 * vectors are channels. Inputs x, x_scale, x_zero_point, w in ONNX's order, w_scale, y_scale, y_zero_point, optional B (int32).
 * Lanes behind the last filter become y's zero point. {@code io.sardonyx} BlockedQLinearConv.
 *
 * @param blockedX whether x is in blocks, too
 */
public record BlockedQLinearConv(QLinearConv conv, boolean blockedX) implements TensorOperator {
    private static final int W = 3;

    static BlockedQLinearConv read(Attributes attributes) {
        return new BlockedQLinearConv(QLinearConv.read(attributes), attributes.getFlag("blocked_x", false));
    }

    private Shape plainX(Shape x, Shape w) {
        return blockedX && w.rank() > 1 ? ChannelBlocks.plain(name(), x, conv.group() * w.size(1)) : x;
    }

    private Convolution shapes(InputTypes in) {
        return Convolution.of(name(), conv.window(), conv.group(), plainX(in.shape(0), in.shape(W)), in.shape(W));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.dtype(W) != DType.INT8) {
            throw new IllegalArgumentException("BlockedQLinearConv: w: expected int8, given " + in.get(W));
        }
        List<TensorType> plain = new ArrayList<>();
        plain.add(in.get(0).with(plainX(in.shape(0), in.shape(W))));
        for (int i = 1; i < 8; i++) {
            plain.add(in.has(i) ? in.get(i) : null);
        }
        plain.add(5, null);
        TensorType y =
                conv.infer(InputTypes.of(plain, 1, i -> null, i -> false)).get(0);
        return List.of(y.with(ChannelBlocks.blocked(y.shape())));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Shape w = in.get(W).shape();
        HostTensor x = blockedX ? ChannelBlocks.toPlain(name(), in.get(0), conv.group() * w.size(1)) : in.get(0);
        HostTensor y = HostTensor.allocate(
                out.get(0).type().with(ChannelBlocks.plain(name(), out.get(0).shape(), w.size(0))));
        Inputs plain = Inputs.of(
                x,
                in.get(1),
                in.has(2) ? in.get(2) : null,
                in.get(W),
                in.get(4),
                null,
                in.get(5),
                in.get(6),
                in.has(7) ? in.get(7) : null);
        conv.reference(plain, List.of(y));
        ChannelBlocks.toBlocks(y, out.get(0), in.get(6).getDouble(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return in.constant(W) ? BlockedQLinearConvKernel.launch(this, shapes(in)) : Optional.empty();
    }

    @Override
    public Optional<Launch.Pack> pack(int index, TensorType weight) {
        return index == W && weight.dtype() == DType.INT8
                ? Optional.of(BlockedQLinearConvKernel.pack(this, weight.shape()))
                : Optional.empty();
    }
}
