package io.sardonyx.op;

import static io.sardonyx.op.ConvolutionKernel.LINE;
import static io.sardonyx.op.ConvolutionKernel.roundUp;

import io.sardonyx.device.Launch;
import io.sardonyx.device.Launch.Pack;
import io.sardonyx.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * How the kernels of {@link BlockedQLinearConv} are launched: which one, the part of the input that a thread works on, scratch memory and
 * packed weights. Says in Java what {@code kernels/cpu/qlinear_conv_blocked.cpp} and its depthwise sibling say in C++.
 */
final class BlockedQLinearConvKernel {
    /** Columns of a part are a multiple of this: of the positions of a tile in every instruction set. */
    private static final long COLUMNS = 84;

    /** Bytes of a part's input, which stay in the second-level cache beside the weights. */
    private static final long PART = 128 * 1024;

    /** The same where one channel's filters are all that there is. */
    private static final long DEPTHWISE_PART = 24 * 1024;

    private static final long SIZE = ChannelBlocks.SIZE;

    private final BlockedQLinearConv operator;
    private final Convolution convolution;
    private final boolean depthwise;
    private final long[][] axes;

    private BlockedQLinearConvKernel(BlockedQLinearConv operator, Convolution convolution) {
        this.operator = operator;
        this.convolution = convolution;
        this.depthwise = isDepthwise(operator, convolution.channels(), convolution.filters());
        this.axes = ConvolutionKernel.axes(convolution.sliding());
    }

    /** Empty for more than three spatial axes, groups that share blocks, and where a part would be beyond 32-bit offsets. */
    static Optional<Launch> launch(BlockedQLinearConv operator, Convolution c) {
        var kernel = new BlockedQLinearConvKernel(operator, c);
        boolean whole = c.group() == 1 || (c.channels() % SIZE == 0 && c.filters() % SIZE == 0);
        if (c.sliding().axes() > 3 || !(kernel.depthwise || whole) || kernel.reach() >= Integer.MAX_VALUE) {
            return Optional.empty();
        }
        return ConvolutionKernel.Tile.of(
                        kernel.axes[0][1],
                        kernel.axes[2][1],
                        COLUMNS,
                        kernel.depthwise ? DEPTHWISE_PART : PART,
                        kernel::bytes)
                .map(kernel::launch);
    }

    /** How w is packed; it depends on the operator and w's shape alone. */
    static Pack pack(BlockedQLinearConv operator, Shape w) {
        long group = operator.conv().group();
        long filters = w.size(0) / group;
        long channels = w.size(1);
        long taps = w.elements(2, w.rank());
        if (isDepthwise(operator, channels, filters)) {
            long last = w.size(w.rank() - 1);
            return new Pack(
                    "qlinear_conv_depthwise_blocked.pack.i8",
                    roundUp(group, SIZE) * (4 + taps / last * roundUp(last, 4)),
                    List.of(group, taps / last, last));
        }
        return new Pack(
                "qlinear_conv_blocked.pack.i8",
                group * roundUp(filters, SIZE) * (4 + roundUp(channels, 4) * taps),
                List.of(group, filters, channels, taps));
    }

    /** Whether each channel has a filter of its own, and lies in the same place before and after. */
    private static boolean isDepthwise(BlockedQLinearConv operator, long channels, long filters) {
        return channels == 1 && filters == 1 && operator.blockedX();
    }

    private Launch launch(ConvolutionKernel.Tile tile) {
        Convolution c = convolution;
        Shape w = Shape.of(c.group() * c.filters(), c.channels()).concat(Shape.of(c.sliding().kernel));
        Launch launch = Launch.ofKey(depthwise ? "qlinear_conv_depthwise_blocked" : "qlinear_conv_blocked")
                .input(0)
                .input(1)
                .input(2)
                .packed(3, pack(operator, w));
        for (int i = 4; i < 8; i++) {
            launch.input(i);
        }
        ConvolutionKernel.addGeometry(launch.output(0), c, axes);
        launch.params(tile.rows(), tile.columns());
        long copied = (long) bytes(tile.rows(), tile.columns());
        if (depthwise) {
            return launch.scratch(4 * roundUp(c.sliding().taps(), LINE))
                    .scratchPerThread(copied + 3 * axes[2][4] * SIZE);
        }
        return launch.param(operator.blockedX() ? 1L : 0)
                .scratch(4 * roundUp(2 * blocks() * c.sliding().taps(), LINE))
                .scratchPerThread(readsInPlace() ? 0 : copied);
    }

    /** Blocks of channels of a part. */
    private long blocks() {
        return depthwise ? 1 : ChannelBlocks.count(convolution.channels());
    }

    /** Bytes of a position in one of them. */
    private long each() {
        return operator.blockedX() ? SIZE : Math.min(SIZE, roundUp(convolution.channels(), 4));
    }

    /** Bytes of the input that so many positions read. */
    private double bytes(long rows, long columns) {
        long[] positions = {rows, axes[1][1], columns};
        double bytes = (double) blocks() * each();
        for (int i = 0; i < 3; i++) {
            bytes *= (positions[i] - 1) * axes[i][3] + (axes[i][2] - 1) * axes[i][4] + 1;
        }
        return bytes;
    }

    /** Bytes of the input between a group's first and last element. */
    private double reach() {
        return (double) blocks() * each() * axes[0][0] * axes[1][0] * axes[2][0];
    }

    /** Whether the input is read where it is: it is in blocks, and no tap meets padding. */
    private boolean readsInPlace() {
        for (long[] axis : axes) {
            long end = (axis[1] - 1) * axis[3] + (axis[2] - 1) * axis[4] + 1;
            if (axis[5] != 0 || end > axis[0]) {
                return false;
            }
        }
        return operator.blockedX();
    }
}
