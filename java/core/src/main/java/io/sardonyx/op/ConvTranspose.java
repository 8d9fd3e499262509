package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The transpose of {@link Conv}: {@code y[n, m, i · stride - pad + t · dilation…] += x[n, c, i…] · w[c, m, t…]}, starting from
 * bias {@code b[m]}. X is [N, C, spatial axes], W is [C, M / group, kernel], optional B is [M]. Along each axis the output has
 * {@code (input - 1) · stride + output_padding + (kernel - 1) · dilation + 1 - pads} elements, or as many as {@code
 * output_shape} says, from which the pads then follow.
 *
 * <p>ONNX ConvTranspose, opsets 1, 11, 22. Accumulates in double (reference) or float32 (kernels).
 */
public record ConvTranspose(long group, Window window, List<Long> outputPadding, List<Long> outputShape)
        implements TensorOperator {
    static ConvTranspose read(Attributes attributes) {
        return new ConvTranspose(
                attributes.getInt("group", 1),
                Window.read(attributes),
                Window.list(attributes.getInts("output_padding")),
                Window.list(attributes.getInts("output_shape")));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat() || in.dtype(1) != in.dtype(0) || (in.has(2) && in.dtype(2) != in.dtype(0))) {
            throw new IllegalArgumentException("ConvTranspose: expected X, W and B of one float type, given "
                    + in.get(0) + ", " + in.get(1) + (in.has(2) ? ", " + in.get(2) : ""));
        }
        Shape x = in.shape(0);
        Shape y = output(x, in.shape(1));
        if (in.has(2) && !in.shape(2).equals(y.slice(1, 2))) {
            throw new IllegalArgumentException(
                    "ConvTranspose: bias: expected [" + y.size(1) + "] for W " + in.get(1) + ", given " + in.shape(2));
        }
        return List.of(in.get(0).with(y));
    }

    private Shape output(Shape x, Shape w) {
        if (x.rank() < 3 || w.rank() != x.rank()) {
            throw new IllegalArgumentException(
                    "ConvTranspose: expected X [batch, channels, spatial axes] and W [channels, filters / group, kernel],"
                            + " given " + x + " and " + w);
        }
        if (w.size(0) != x.size(1)) {
            throw new IllegalArgumentException("ConvTranspose: channels differ: X " + x + " has " + x.size(1) + ", W "
                    + w + " takes " + w.size(0));
        }
        if (group < 1 || x.size(1) % group != 0) {
            throw new IllegalArgumentException(
                    "ConvTranspose: group " + group + " does not divide the " + x.size(1) + " channels of X");
        }
        Shape filters = Shape.of(x.size(0), Math.multiplyExact(w.size(1), group));
        return filters.concat(Shape.of(sliding(x, w).input));
    }

    /** The window that gathers X from Y: its input is Y's plane, its positions are X's elements. */
    private Sliding sliding(Shape x, Shape w) {
        int axes = x.rank() - 2;
        long[] positions = x.slice(2, x.rank()).toArray();
        long[] k = window.requireKernel("ConvTranspose", w.slice(2, w.rank()));
        long[] s = Window.requirePositive("ConvTranspose", "strides", window.strides(), axes);
        long[] d = Window.requirePositive("ConvTranspose", "dilations", window.dilations(), axes);
        long[] extra = requireOutputPadding(axes);
        long[] begin = new long[axes];
        long[] end = new long[axes];
        long[] output = new long[axes];
        boolean same = window.autoPad() == Window.AutoPad.SAME_UPPER || window.autoPad() == Window.AutoPad.SAME_LOWER;
        try {
            for (int i = 0; i < axes; i++) {
                long full = Math.addExact(
                        Math.multiplyExact(positions[i] - 1, s[i]),
                        Math.addExact(Math.addExact(Math.multiplyExact(k[i] - 1, d[i]), 1), extra[i]));
                if (same || !outputShape.isEmpty()) {
                    output[i] = outputShape.isEmpty() ? Math.multiplyExact(positions[i], s[i]) : requested(i, axes);
                    long total = Math.max(0, full - output[i]);
                    begin[i] = window.autoPad() == Window.AutoPad.SAME_UPPER ? total / 2 : total - total / 2;
                    end[i] = total - begin[i];
                } else {
                    boolean explicit = window.autoPad() == Window.AutoPad.NOTSET;
                    begin[i] = explicit ? window.pad("ConvTranspose", i, axes) : 0;
                    end[i] = explicit ? window.pad("ConvTranspose", i + axes, axes) : 0;
                    output[i] = Math.subtractExact(Math.subtractExact(full, begin[i]), end[i]);
                }
                if (output[i] < 0 || (output[i] == 0 && positions[i] > 0)) {
                    throw new IllegalArgumentException("ConvTranspose: output axis " + (i + 2) + " has size "
                            + output[i]
                            + ": input " + positions[i] + ", kernel " + k[i] + ", stride " + s[i] + ", dilation " + d[i]
                            + ", pads " + begin[i] + " and " + end[i]);
                }
            }
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    "ConvTranspose: sizes overflow 64 bits: kernel " + Arrays.toString(k) + ", strides "
                            + Arrays.toString(s) + ", dilations " + Arrays.toString(d) + ", output_padding "
                            + outputPadding + " on " + x,
                    overflow);
        }
        return new Sliding(output, positions, k, s, d, begin, end);
    }

    private long[] requireOutputPadding(int axes) {
        if (outputPadding.isEmpty()) {
            return new long[axes];
        }
        if (outputPadding.size() != axes || outputPadding.stream().anyMatch(v -> v < 0)) {
            throw new IllegalArgumentException(
                    "ConvTranspose: output_padding: expected " + axes + " values of 0 or more, given " + outputPadding);
        }
        return Window.array(outputPadding);
    }

    /** The requested size of spatial axis {@code i}; some exporters list the batch and channel axes too. */
    private long requested(int i, int axes) {
        if (outputShape.size() != axes && outputShape.size() != axes + 2) {
            throw new IllegalArgumentException(
                    "ConvTranspose: output_shape: expected " + axes + " values, given " + outputShape);
        }
        return outputShape.get(i + outputShape.size() - axes);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        double[] x = in.get(0).toDoubles();
        double[] w = in.get(1).toDoubles();
        Shape xShape = in.get(0).shape();
        Sliding sliding = sliding(xShape, in.get(1).shape());
        int plane = Math.toIntExact(sliding.inputs());
        int positions = Math.toIntExact(sliding.positions());
        int batch = (int) xShape.size(0);
        int channels = (int) (xShape.size(1) / group);
        int filters = (int) in.get(1).shape().size(1);
        double[] y = new double[out.get(0).size()];
        if (in.has(2)) {
            for (int i = 0; i < y.length; i++) {
                y[i] = in.get(2).getDouble((int) (i / plane % (group * filters)));
            }
        }
        int[] sources = sliding.newSources();
        for (int p = 0; p < positions; p++) {
            sliding.sources(p, sources);
            for (int nc = 0; nc < batch * group * channels; nc++) {
                double value = x[nc * positions + p];
                for (int f = 0; f < filters; f++) {
                    int to = (nc / channels * filters + f) * plane;
                    int taps = (int) (nc % (group * channels) * filters + f) * sources.length;
                    for (int t = 0; t < sources.length; t++) {
                        if (sources[t] >= 0) {
                            y[to + sources[t]] += value * w[taps + t];
                        }
                    }
                }
            }
        }
        out.get(0).setAll(y);
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape x = in.shape(0);
        if (!ConvolutionKernel.hasKernel(in.dtype(0)) || x.rank() > 5) {
            return Optional.empty();
        }
        // Axes as the kernel wants them: input, output, begin, kernel, stride, dilation.
        long[][] axes = {{1, 1, 0, 1, 1, 1}, {1, 1, 0, 1, 1, 1}, {1, 1, 0, 1, 1, 1}};
        Sliding s = sliding(x, in.shape(1));
        for (int i = 0; i < s.axes(); i++) {
            axes[ConvolutionKernel.kernelAxis(i, s.axes())] =
                    new long[] {s.output[i], s.input[i], s.begin[i], s.kernel[i], s.strides[i], s.dilations[i]};
        }
        long channels = x.size(1) / group;
        long filters = in.shape(1).size(1);
        // Positions of the outputs of one phase, and the elements of x behind them that taps reach.
        long[] positions = new long[3];
        long[] back = new long[3];
        for (int i = 0; i < 3; i++) {
            long[] a = axes[i];
            positions[i] = (a[1] - 1 + a[2]) / a[4] + 1;
            back[i] = (a[3] - 1) * a[5] / a[4];
        }
        ConvolutionKernel.Tile.Layout layout = (rows, columns) ->
                (double) channels * (rows + back[0]) * (positions[1] + back[1]) * (columns + back[2]);
        Launch direct = Launch.of("conv_transpose_direct", in.dtype(0))
                .input(0)
                .input(1)
                .input(2)
                .output(0);
        addGeometry(direct, x.size(0), channels, filters, axes);
        if (in.dtype(0) != DType.FLOAT32) {
            return Optional.of(direct);
        }
        return Optional.of(ConvolutionKernel.Tile.of(positions[0], positions[2], layout)
                .map(tile -> launch(in.constant(1), x.size(0), channels, filters, axes, tile, layout)
                        .otherwise(direct))
                .orElse(direct));
    }

    private void addGeometry(Launch launch, long batch, long channels, long filters, long[][] axes) {
        launch.params(batch, group, channels, filters);
        for (int field = 0; field < axes[0].length; field++) {
            launch.params(axes[0][field], axes[1][field], axes[2][field]);
        }
    }

    private Launch launch(
            boolean constantWeight,
            long batch,
            long channels,
            long filters,
            long[][] axes,
            ConvolutionKernel.Tile tile,
            ConvolutionKernel.Tile.Layout layout) {
        long depth = channels;
        var pack = new ArrayList<>(List.of(group, channels, filters));
        for (int field = 3; field < 6; field++) {
            for (long[] axis : axes) {
                depth *= field == 3 ? axis[field] : 1;
                pack.add(axis[field]);
            }
        }
        long packed = group * ConvolutionKernel.roundUp(filters, ConvolutionKernel.PACKED_ROWS) * depth;
        Launch launch = Launch.of("conv_transpose", DType.FLOAT32).input(0);
        if (constantWeight) {
            launch.packed(1, new Launch.Pack("conv_transpose_pack.f32", 4 * packed, pack));
        } else {
            launch.input(1);
        }
        addGeometry(launch.input(2).output(0), batch, channels, filters, axes);
        long line = ConvolutionKernel.LINE;
        long laidOut = (long) layout.floats(tile.rows(), tile.columns());
        return launch.params(tile.rows(), tile.columns(), constantWeight ? 1 : 0)
                .scratch(4
                        * (ConvolutionKernel.roundUp(depth, line)
                                + (constantWeight ? 0 : ConvolutionKernel.roundUp(packed, line))))
                .scratchPerThread(4 * ConvolutionKernel.roundUp(laidOut + ConvolutionKernel.SLACK, line));
    }
}
