package io.sardonyx.op;

import static io.sardonyx.op.ConvolutionKernel.LINE;
import static io.sardonyx.op.ConvolutionKernel.roundUp;

import io.sardonyx.device.Launch;
import io.sardonyx.device.Launch.Pack;
import io.sardonyx.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * How the kernels of {@link BlockedConv} are launched: which one, the part of the input that a thread works on, scratch memory and
 * packed weights. Says in Java what {@code kernels/cpu/conv_blocked.cpp} says in C++.
 */
final class BlockedConvKernel {
    /** Columns of a part are a multiple of this: of the positions of a tile in every instruction set. */
    private static final long COLUMNS = 84;

    /**
     * Floats of a part's input. Weights that the second-level cache does not hold are read once for each part, which costs more than a
     * part that fills that cache; by bench/layers.
     */
    private static final long PART = 192 * 1024;

    /** Floats of blocks that are made of plain channels at a time: they stay in the second-level cache. */
    private static final long PLAIN_PART = 64 * 1024;

    /** Winograd's tiles are worked on in multiples of this. */
    private static final long TILES = 14;

    /** Floats of transformed inputs and outputs of the tiles that are worked on together, if that leaves enough of them. */
    private static final long TRANSFORMED = 400 * 1024;

    private static final long LARGEST_PANEL = 32; // kLargestPanel

    private final BlockedConv operator;
    private final Convolution convolution;
    private final long[][] axes;

    private BlockedConvKernel(BlockedConv operator, Convolution convolution) {
        this.operator = operator;
        this.convolution = convolution;
        this.axes = ConvolutionKernel.axes(convolution.sliding());
    }

    /** Empty for more than three spatial axes, and where a part's input would be beyond 32-bit offsets. */
    static Optional<Launch> launch(BlockedConv operator, Convolution convolution) {
        if (convolution.sliding().axes() > 3) {
            return Optional.empty();
        }
        var kernel = new BlockedConvKernel(operator, convolution);
        if (isWinograd(operator, weights(convolution))) {
            return Optional.of(kernel.winograd());
        }
        return isDepthwise(operator, convolution.channels(), convolution.filters())
                ? Optional.of(kernel.depthwise())
                : ConvolutionKernel.Tile.of(kernel.axes[0][1], kernel.axes[2][1], COLUMNS, PART, kernel::floats)
                        .filter(tile -> kernel.image() < Integer.MAX_VALUE)
                        .map(kernel::tiled);
    }

    /** How W is packed; it depends on the operator and W's shape alone. */
    static Pack pack(BlockedConv operator, Shape w) {
        long group = operator.conv().group();
        long filters = w.size(0) / group;
        long channels = w.size(1);
        long taps = w.elements(2, w.rank());
        if (isWinograd(operator, w)) {
            long padded = roundUp(filters, ChannelBlocks.SIZE);
            return new Pack(
                    "conv_winograd.pack.f32",
                    4 * operator.places() * padded * channels,
                    List.of(operator.winograd(), filters, channels));
        }
        if (isDepthwise(operator, channels, filters)) {
            return new Pack(
                    "conv_depthwise_blocked.pack.f32",
                    4 * roundUp(group, ChannelBlocks.SIZE) * taps,
                    List.of(group, taps));
        }
        return new Pack(
                "conv_blocked.pack.f32",
                4 * group * padded(group, filters) * channels * taps,
                List.of(group, filters, channels, taps, operator.blockedX() ? 1L : 0));
    }

    /** Filters of a group's panels: whole blocks, and one more where groups end within blocks. */
    private static long padded(long group, long filters) {
        long size = ChannelBlocks.SIZE;
        return group == 1 || filters % size == 0 ? roundUp(filters, size) : (filters + 2 * size - 2) / size * size;
    }

    /** Whether each channel has a filter of its own. */
    private static boolean isDepthwise(BlockedConv operator, long channels, long filters) {
        return channels == 1 && filters == 1 && operator.conv().group() > 1;
    }

    /** Whether the operator says so and the algorithm can. */
    static boolean isWinograd(BlockedConv operator, Shape w) {
        return operator.winograd() > 0
                && operator.blockedX()
                && operator.blockedY()
                && BlockedConv.suitsWinograd(operator.conv(), w);
    }

    private Launch winograd() {
        Convolution c = convolution;
        long[] output = c.sliding().output;
        long out = operator.winograd();
        long places = operator.places();
        long all = c.batch() * ((output[0] + out - 1) / out) * ((output[1] + out - 1) / out);
        long padded = roundUp(c.channels(), ChannelBlocks.SIZE) + roundUp(c.filters(), ChannelBlocks.SIZE);
        long tiles = Math.max(2, Math.min(8, TRANSFORMED / (places * padded * TILES))) * TILES;
        tiles = Math.max(1, Math.min(all, tiles));
        Launch launch = start("conv_winograd.f32").params(out, tiles);
        finish(launch);
        long bias = roundUp(c.filters(), ChannelBlocks.SIZE) + LARGEST_PANEL;
        return launch.scratch(4 * (bias + places * padded * tiles));
    }

    private Launch depthwise() {
        long rows = axes[0][1];
        while (rows > 1 && plainFloats(rows) > PLAIN_PART) {
            rows = (rows + 1) / 2;
        }
        Launch launch = start("conv_depthwise_blocked.f32").params(rows);
        finish(blocks(launch));
        return launch.scratch(4 * roundUp(convolution.group(), ChannelBlocks.SIZE))
                .scratchPerThread(4 * (roundUp(2 * convolution.sliding().taps(), LINE) + plainFloats(rows)));
    }

    /** Floats of the blocks that a depthwise convolution makes of so many rows of what is plain. */
    private long plainFloats(long rows) {
        long[] a = axes[0];
        long x = Math.min((rows - 1) * a[3] + (a[2] - 1) * a[4] + 1, a[0]) * axes[1][0] * axes[2][0];
        long y = rows * axes[1][1] * axes[2][1];
        return ChannelBlocks.SIZE * ((operator.blockedX() ? 0 : x) + (operator.blockedY() ? 0 : 2 * y));
    }

    private Launch blocks(Launch launch) {
        return launch.params(operator.blockedX() ? 1 : 0, operator.blockedY() ? 1 : 0);
    }

    private Launch tiled(ConvolutionKernel.Tile tile) {
        Convolution c = convolution;
        Launch launch = start("conv_blocked.f32").params(tile.rows(), tile.columns());
        finish(blocks(launch));
        long runs = runs() * c.sliding().taps();
        long copied = readsInside() ? 0 : roundUp((long) floats(tile.rows(), tile.columns()), LINE);
        return launch.scratch(4 * roundUp(c.group() * c.filters(), LINE))
                .scratchPerThread(4 * (LINE + roundUp(2 * runs, LINE) + copied));
    }

    private Launch start(String key) {
        Launch launch = Launch.ofKey(key).input(0).packed(1, pack(operator, weights(convolution)));
        ConvolutionKernel.addGeometry(launch.input(2).input(3).output(0), convolution, axes);
        return launch;
    }

    private static Shape weights(Convolution c) {
        return Shape.of(c.group() * c.filters(), c.channels()).concat(Shape.of(c.sliding().kernel));
    }

    private void finish(Launch launch) {
        operator.activation().addTo(launch.param(operator.addLast() ? 1L : 0));
    }

    /** Blocks, or plain channels, that a group may reach into. */
    private long runs() {
        long size = ChannelBlocks.SIZE;
        return operator.blockedX() ? (convolution.channels() + 2 * size - 2) / size : convolution.channels();
    }

    /** Floats of an element of the input, all channels. */
    private long channels() {
        long channels = convolution.group() * convolution.channels();
        return operator.blockedX() ? roundUp(channels, ChannelBlocks.SIZE) : channels;
    }

    /** Floats of the input that so many positions read. */
    private double floats(long rows, long columns) {
        long[] positions = {rows, axes[1][1], columns};
        double floats = channels();
        for (int i = 0; i < 3; i++) {
            floats *= (positions[i] - 1) * axes[i][3] + (axes[i][2] - 1) * axes[i][4] + 1;
        }
        return floats;
    }

    /** Floats of an image. */
    private double image() {
        return (double) channels() * axes[0][0] * axes[1][0] * axes[2][0];
    }

    /** Whether no tap meets padding, so that the input is read where it is. */
    private boolean readsInside() {
        for (long[] axis : axes) {
            long end = (axis[1] - 1) * axis[3] + (axis[2] - 1) * axis[4] + 1;
            if (axis[5] != 0 || end > axis[0]) {
                return false;
            }
        }
        return true;
    }
}
