package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
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

    /** The convolution that this is the transpose of: it makes X of Y. */
    private Convolution transposed(Shape x, Shape w) {
        return new Convolution(x.size(0), group, w.size(1), x.size(1) / group, sliding(x, w));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Convolution convolution = transposed(in.get(0).shape(), in.get(1).shape());
        double[] y = convolution.inputGradient(in.get(0).toDoubles(), in.get(1).toDoubles());
        if (in.has(2)) {
            long plane = convolution.sliding().inputs();
            int filters = in.get(2).size();
            for (int i = 0; i < y.length; i++) {
                y[i] += in.get(2).getDouble((int) (i / plane % filters));
            }
        }
        out.get(0).setAll(y);
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return ConvTransposeKernel.launch(in.dtype(0), transposed(in.shape(0), in.shape(1)), in.constant(1));
    }
}
