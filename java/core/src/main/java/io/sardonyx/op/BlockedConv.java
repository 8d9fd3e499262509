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
 * A {@link FusedConv} whose X, or Y and Z, or all of them are in {@link ChannelBlocks}: what a rewrite makes of a convolution whose
 * weights are constant, for devices whose vectors are channels. Inputs X, W in ONNX's order, optional B, optional Z.
 * {@code io.sardonyx} BlockedConv.
 *
 * @param blockedX whether X is in blocks
 * @param blockedY whether Y is, and Z if it is there
 * @param winograd outputs along each axis of the tiles of Winograd's algorithm, 4 or 2, or 0 for direct sums. It does 3 x 3 kernels
 *     without strides, dilations and groups, from blocks to blocks; others are summed directly
 */
public record BlockedConv(
        Conv conv, Activation activation, boolean addLast, boolean blockedX, boolean blockedY, long winograd)
        implements TensorOperator {
    private static final int Z = 3;

    static BlockedConv read(Attributes attributes) {
        return new BlockedConv(
                Conv.read(attributes),
                Activation.read(attributes),
                attributes.getFlag("add_last", false),
                attributes.getFlag("blocked_x", false),
                attributes.getFlag("blocked_y", false),
                attributes.getInt("winograd", 0));
    }

    public BlockedConv {
        if (winograd != 0 && winograd != 2 && winograd != 4) {
            throw new IllegalArgumentException("BlockedConv: winograd: expected 0, 2 or 4, given " + winograd);
        }
    }

    /** Whether Winograd's algorithm can do a convolution with weights of this shape, from blocks to blocks. */
    public static boolean suitsWinograd(Conv conv, Shape w) {
        return conv.group() == 1
                && w.rank() == 4
                && w.size(2) == 3
                && w.size(3) == 3
                && conv.window().strides().stream().allMatch(s -> s == 1)
                && conv.window().dilations().stream().allMatch(d -> d == 1);
    }

    /** Products of one of Winograd's tiles for each channel and filter. */
    long places() {
        return (winograd + 2) * (winograd + 2);
    }

    /** The same convolution from and to plain tensors. */
    private FusedConv plain() {
        return new FusedConv(conv, activation, addLast);
    }

    private Shape plainX(Shape x, Shape w) {
        return blockedX && w.rank() > 1 ? ChannelBlocks.plain(name(), x, conv.group() * w.size(1)) : x;
    }

    private Convolution shapes(InputTypes in) {
        List<TensorType> types = new ArrayList<>();
        types.add(in.get(0).with(plainX(in.shape(0), in.shape(1))));
        types.add(in.get(1));
        types.add(in.has(2) ? in.get(2) : null);
        return conv.shapes(name(), InputTypes.of(types, 1, i -> null, i -> false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        TensorType y = inferWithoutZ(in);
        if (in.has(Z) && in.dtype(Z) != y.dtype()) {
            throw new IllegalArgumentException("BlockedConv: Z: expected " + y + ", given " + in.get(Z));
        }
        return List.of(in.has(Z) ? y.with(Broadcast.shape(name(), y.shape(), in.shape(Z))) : y);
    }

    private TensorType inferWithoutZ(InputTypes in) {
        Shape plain = shapes(in).output();
        return in.get(0).with(blockedY ? ChannelBlocks.blocked(plain) : plain);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor w = in.get(1);
        HostTensor x = blockedX
                ? ChannelBlocks.toPlain(
                        name(), in.get(0), conv.group() * w.shape().size(1))
                : in.get(0);
        long filters = w.shape().size(0);
        HostTensor z = in.has(Z) && blockedY
                ? ChannelBlocks.toPlain(name(), in.get(Z), filters)
                : (in.has(Z) ? in.get(Z) : null);
        HostTensor y = blockedY
                ? HostTensor.allocate(out.get(0)
                        .type()
                        .with(ChannelBlocks.plain(name(), out.get(0).shape(), filters)))
                : out.get(0);
        plain().reference(Inputs.of(x, w, in.has(2) ? in.get(2) : null, z), List.of(y));
        if (blockedY) {
            ChannelBlocks.toBlocks(y, out.get(0));
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Convolution shapes = shapes(in);
        boolean stretched = in.has(Z) && !in.get(Z).equals(inferWithoutZ(in));
        return in.dtype(0) == DType.FLOAT32 && in.constant(1) && !stretched
                ? BlockedConvKernel.launch(this, shapes)
                : Optional.empty();
    }

    /** For Winograd's algorithm no kernel undoes it: the transformation rounds. */
    @Override
    public Optional<Launch.Pack> pack(int index, TensorType weight) {
        return index == 1 && weight.dtype() == DType.FLOAT32
                ? Optional.of(BlockedConvKernel.pack(this, weight.shape()))
                : Optional.empty();
    }
}
