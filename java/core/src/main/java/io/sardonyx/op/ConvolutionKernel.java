package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.device.Launch.Pack;
import io.sardonyx.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * How the kernels {@code conv}, {@code conv_depthwise} and {@code conv_direct} run a convolution: the geometry as they want it, the tile of positions
 * that a thread lays out and works on, scratch memory and packed weights. Says in Java what {@code kernels/cpu/conv.h} says in C++.
 */
final class ConvolutionKernel {
    /** Filters come packed in panels; those of all instruction sets divide this. */
    static final long PACKED_ROWS = 8;

    /** Floats of a cache line. */
    static final long LINE = 16;

    /** Floats behind a tile that vectors may read. */
    static final long SLACK = 4 * LINE;

    /** Columns that the widest kernel takes at a time. */
    private static final long COLUMNS = 3 * LINE;

    /** Floats of a tile's layout that stay in the second-level cache beside the weights. */
    private static final long TILE = 32 * 1024;

    /** Floats of a layout up to which 32-bit offsets reach. */
    private static final long LARGEST = 1 << 29;

    /** Filters of one channel up to which going along rows beats the matrix product. */
    private static final long FEW_FILTERS = 2;

    /** With fewer channels BF16x6 would multiply mostly by zeros, as {@code kernels/cuda/conv_choice.h} says. */
    private static final long BF16X6_CHANNELS = 22;

    /** The positions that a thread works on at a time; what is between the rows' axis and the columns' is never cut. */
    record Tile(long rows, long columns) {
        interface Layout {
            /** Floats that a tile takes when it is laid out; infinite where that has no sense. */
            double floats(long rows, long columns);
        }

        /** Whole rows if they fit, and as many of them as fit, in equal parts; empty if the least tile is too large. */
        static Optional<Tile> of(long rows, long columns, Layout layout) {
            return of(rows, columns, COLUMNS, TILE, layout);
        }

        /** As above, with columns cut at multiples of {@code step} only, for layouts of up to {@code size} floats. */
        static Optional<Tile> of(long rows, long columns, long step, long size, Layout layout) {
            long width = columns;
            if (columns > 2 * step && layout.floats(1, columns) > size) {
                long most = columns / step;
                while (most > 1 && layout.floats(1, most * step) > size) {
                    most = most * 3 / 4;
                }
                width = share(columns, most * step, step);
            }
            long most = Math.max(rows, 1);
            while (most > 1 && layout.floats(most, width) > size) {
                most = most * 7 / 8;
            }
            var tile = new Tile(share(rows, most, 1), Math.max(width, 1));
            return layout.floats(tile.rows, tile.columns) < LARGEST ? Optional.of(tile) : Optional.empty();
        }

        /** The size of a part, a multiple of {@code step}, if {@code size} is cut in equal parts of {@code most} or less. */
        private static long share(long size, long most, long step) {
            long parts = Math.max(1, (size + most - 1) / most);
            return Math.max(1, Math.min(most, roundUp((size + parts - 1) / parts, step)));
        }
    }

    private final Convolution convolution;
    private final boolean depthwise;
    private final long[][] axes;

    /** @param depthwise whether a tile is one channel's, laid out for kernels that go along rows */
    ConvolutionKernel(Convolution convolution, boolean depthwise) {
        this.convolution = convolution;
        this.depthwise = depthwise;
        this.axes = axes(convolution.sliding());
    }

    /**
     * The launch of a convolution of inputs X, W, bias and residual (the latter two may be absent): float32 on a CPU, and
     * {@code conv_direct} on devices that neither pack filters nor lay out tiles, of 16-bit floats as well.
     *
     * @param constantWeight whether W may be packed
     */
    static Optional<Launch> launch(
            DType dtype, Convolution convolution, boolean constantWeight, Activation activation, boolean addLast) {
        if (convolution.sliding().axes() > 3 || !hasKernel(dtype)) {
            return Optional.empty();
        }
        boolean depthwise = convolution.channels() == 1 && convolution.filters() <= FEW_FILTERS;
        var kernel = new ConvolutionKernel(convolution, depthwise);
        Launch direct = kernel.direct("conv_direct", dtype, activation, addLast);
        Optional<Launch> tiled = dtype == DType.FLOAT32
                ? kernel.tile().map(tile -> kernel.launch(tile, constantWeight, activation, addLast))
                : Optional.empty();
        return firstOf(tiled, direct);
    }

    private static Optional<Launch> firstOf(Optional<Launch> tiled, Launch direct) {
        return Optional.of(tiled.map(launch -> launch.otherwise(direct)).orElse(direct));
    }

    /** Whether some device convolves such floats. */
    static boolean hasKernel(DType dtype) {
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
    }

    /** The launch of a convolution of tensors whose channels are last, for GPUs. */
    static Optional<Launch> channelsLast(DType dtype, Convolution convolution, Activation activation, boolean addLast) {
        if (convolution.sliding().axes() > 3 || !hasKernel(dtype)) {
            return Optional.empty();
        }
        var kernel = new ConvolutionKernel(convolution, false);
        Launch launch = kernel.direct("conv_channels_last", dtype, activation, addLast);
        if (dtype == DType.FLOAT32) {
            launch.fast("conv_channels_last_tf32.f32");
        }
        long sums = convolution.output().elements();
        launch.scratch(GemmScratch.partialSumBytes(sums, kernel.depth(), dtype));
        return Optional.of(
                kernel.isForBf16x6(dtype, sums)
                        ? Bf16x6.launch("conv_channels_last_bf16x6.f32", kernel.splitBytes(), launch)
                        : launch);
    }

    private boolean isForBf16x6(DType dtype, long sums) {
        long filters = convolution.filters();
        return convolution.group() == 1
                && convolution.channels() >= BF16X6_CHANNELS
                && filters > 0
                && Bf16x6.isFor(dtype, sums / filters, filters, depth(), (double) sums * depth());
    }

    /** Of a float32 input and filters of one group, split into three. */
    private long splitBytes() {
        Convolution c = convolution;
        return GemmScratch.splitBytes(1, c.batch() * c.sliding().inputs(), c.channels())
                + GemmScratch.splitBytes(1, c.filters() * c.sliding().taps(), c.channels());
    }

    private Launch direct(String kernelKey, DType dtype, Activation activation, boolean addLast) {
        Launch launch =
                Launch.of(kernelKey, dtype).input(0).input(1).input(2).input(3).output(0);
        addGeometry(launch);
        activation.addTo(launch.param(addLast ? 1L : 0));
        return launch;
    }

    /**
     * The launch of a convolution of bytes; all {@code inputs} of the operator as they are, then its output. As with floats there
     * is a {@code _direct} form, without tiles and scratch memory.
     */
    static Optional<Launch> integers(String kernelKey, Convolution convolution, int inputs) {
        if (convolution.sliding().axes() > 3) {
            return Optional.empty();
        }
        var kernel = new ConvolutionKernel(convolution, false);
        Optional<Launch> tiled = kernel.tile()
                .map(tile -> kernel.withScratch(
                        kernel.integers(kernelKey, inputs).params(tile.rows, tile.columns), tile, true));
        return firstOf(tiled, kernel.integers(kernelKey + "_direct", inputs));
    }

    private Launch integers(String kernelKey, int inputs) {
        Launch launch = Launch.ofKey(kernelKey);
        for (int i = 0; i < inputs; i++) {
            launch.input(i);
        }
        addGeometry(launch.output(0));
        return launch;
    }

    /**
     * Input, output, kernel, stride, dilation and begin of each of three axes; the one in the middle is never cut, so an image
     * gets its dummy axis there. A pointwise convolution sees one long row.
     */
    static long[][] axes(Sliding s) {
        long[] one = {1, 1, 1, 1, 1, 0};
        if (isPointwise(s)) {
            return new long[][] {one, one, {s.inputs(), s.inputs(), 1, 1, 1, 0}};
        }
        long[][] axes = {one, one, one};
        for (int i = 0; i < s.axes(); i++) {
            axes[kernelAxis(i, s.axes())] =
                    new long[] {s.input[i], s.output[i], s.kernel[i], s.strides[i], s.dilations[i], s.begin[i]};
        }
        return axes;
    }

    private static boolean isPointwise(Sliding s) {
        for (int i = 0; i < s.axes(); i++) {
            if (s.kernel[i] != 1 || s.strides[i] != 1 || s.begin[i] != 0 || s.end[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Which of the kernels' three axes spatial axis {@code i} of {@code count} is. */
    static int kernelAxis(int i, int count) {
        return count == 3 || i == count - 1 ? i + 3 - count : 0;
    }

    /** The tile that a thread lays out, if the least one is not too large. */
    Optional<Tile> tile() {
        return Tile.of(axes[0][1], axes[2][1], this::layout);
    }

    private double layout(long rows, long columns) {
        long[] positions = {rows, axes[1][1], columns};
        double floats = depthwise ? 1 : convolution.channels();
        for (int i = 0; i < 3; i++) {
            long stride = axes[i][3];
            long reach = (axes[i][2] - 1) * axes[i][4] + 1;
            long length = positions[i] + (reach - 1) / stride;
            if (depthwise && i == 2) {
                length = roundUp(length + (stride == 1 ? -axes[i][5] & (LINE - 1) : 0), LINE);
            }
            floats *= (double) length * Math.min(stride, reach);
        }
        return floats;
    }

    private Launch launch(Tile tile, boolean constantWeight, Activation activation, boolean addLast) {
        Launch launch =
                Launch.ofKey(depthwise ? "conv_depthwise.f32" : "conv.f32").input(0);
        if (depthwise || !constantWeight) {
            launch.input(1);
        } else {
            List<Long> shape = List.of(convolution.group(), convolution.filters(), depth());
            launch.packed(1, new Pack("conv_pack.f32", 4 * packed(), shape));
        }
        addGeometry(launch.input(2).input(3).output(0));
        launch.params(tile.rows, tile.columns);
        if (!depthwise) {
            launch.param(constantWeight ? 1L : 0);
        }
        launch.param(addLast ? 1L : 0);
        activation.addTo(launch);
        // A pointwise convolution reads the input in place, but for the last columns.
        Convolution c = convolution;
        boolean inPlace = !depthwise
                && isPointwise(c.sliding())
                && (double) c.channels() * c.sliding().inputs() <= Integer.MAX_VALUE;
        return withScratch(launch, inPlace ? new Tile(1, COLUMNS) : tile, !depthwise && !constantWeight);
    }

    /** The parameters that all kernels of this convolution begin with. */
    void addGeometry(Launch launch) {
        addGeometry(launch, convolution, axes);
    }

    /** The parameters that all kernels of convolutions begin with. */
    static void addGeometry(Launch launch, Convolution c, long[][] axes) {
        launch.params(c.batch(), c.group(), c.channels(), c.filters());
        addAxes(launch, axes);
    }

    /** The fields of three axes, each field of all axes together. */
    static void addAxes(Launch launch, long[][] axes) {
        for (int field = 0; field < axes[0].length; field++) {
            launch.params(axes[0][field], axes[1][field], axes[2][field]);
        }
    }

    /** Products in a sum. */
    private long depth() {
        return convolution.channels() * convolution.sliding().taps();
    }

    /** Floats of the packed filters. */
    private long packed() {
        return convolution.group() * roundUp(convolution.filters(), PACKED_ROWS) * depth();
    }

    /** Offsets (two tables), filters if the kernel packs them itself, and the layout of a tile for each thread. */
    private Launch withScratch(Launch launch, Tile tile, boolean packs) {
        return launch.scratch(4 * (2 * roundUp(depth(), LINE) + (packs ? roundUp(packed(), LINE) : 0)))
                .scratchPerThread(4 * floats(tile));
    }

    /** Floats of a tile that is laid out, and of what vectors may read behind it. */
    long floats(Tile tile) {
        return roundUp((long) layout(tile.rows, tile.columns) + SLACK, LINE);
    }

    static long roundUp(long n, long to) {
        return (n + to - 1) / to * to;
    }
}
