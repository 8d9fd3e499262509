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
 * LayerNormalization and its kin: {@code y = (s - mean) / √(variance + epsilon) · scale + shift} over the axes from
 * {@code axis} on, with {@code s = x + skip + bias}. Each member says which of its inputs and outputs plays which part.
 *
 * <p>Scale, shift, skip and bias broadcast to x. Mean and variance accumulate in double (reference) or, two passes, in float32
 * lanes (kernels).
 */
interface LayerNormalizing extends TensorOperator {
    /** No such input or output. */
    int NONE = -1;

    /** Indices of inputs, then of outputs; x and y are 0. */
    record Parts(int skip, int bias, int scale, int shift, int mean, int inverse, int sum) {}

    /** The bits of the kernel's {@code flags}: which tensors follow x and scale, in this order, y after the inputs; and RMS. */
    enum Flag {
        SHIFT,
        SKIP,
        BIAS,
        MEAN,
        INVERSE,
        SUM,
        RMS;

        long bit(boolean set) {
            return set ? 1L << ordinal() : 0;
        }
    }

    Parts parts();

    long axis();

    float epsilon();

    /** Whether the mean is subtracted; RMS normalisation does not. */
    boolean centred();

    /** The type of the outputs mean and inverse. */
    default DType stash() {
        return DType.FLOAT32;
    }

    private static boolean has(InputTypes in, int i) {
        return i != NONE && in.has(i);
    }

    private static boolean has(Inputs in, int i) {
        return i != NONE && in.has(i);
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        Shape shape = in.shape(0);
        int axis = shape.axis(axis());
        if (shape.elements(axis, shape.rank()) == 0) {
            throw new IllegalArgumentException(
                    name() + ": the axes from " + axis + " on have no elements, given " + in.get(0));
        }
        in.get(parts().scale());
        for (int i = 0; i < in.size(); i++) {
            if (in.has(i) && !in.dtype(i).isFloat()) {
                throw new IllegalArgumentException(
                        name() + ": input " + i + ": expected a float type, given " + in.get(i));
            }
            if (in.has(i) && !shape.broadcast(in.shape(i)).equals(shape)) {
                throw new IllegalArgumentException(name() + ": input " + i + ": expected a shape that broadcasts to "
                        + shape + ", given " + in.get(i));
            }
        }
        long[] rows = shape.toArray();
        Arrays.fill(rows, axis, rows.length, 1);
        List<TensorType> out = new ArrayList<>();
        for (int o = 0; o < in.outputs(); o++) {
            boolean statistics = o == parts().mean() || o == parts().inverse();
            if (o > 0 && !statistics && o != parts().sum()) {
                throw new IllegalArgumentException(name() + ": has no output " + o);
            }
            out.add(
                    statistics
                            ? new TensorType(stash(), Shape.of(rows))
                            : o == 0 ? new TensorType(in.dtype(parts().scale()), shape) : in.get(0));
        }
        return out;
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        Shape shape = in.get(0).shape();
        int axis = shape.axis(axis());
        int n = (int) shape.elements(axis, shape.rank());
        double[] sum = spread(in, 0, shape, 0);
        double[] skip = spread(in, parts().skip(), shape, 0);
        double[] bias = spread(in, parts().bias(), shape, 0);
        double[] scale = spread(in, parts().scale(), shape, 1);
        double[] shift = spread(in, parts().shift(), shape, 0);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += skip[i] + bias[i];
        }
        for (int row = 0; row < sum.length / n; row++) {
            var normal = RowNormalization.of(Arrays.copyOfRange(sum, row * n, (row + 1) * n), epsilon(), centred());
            for (int i = row * n; i < (row + 1) * n; i++) {
                out.get(0).set(i, normal.apply(sum[i]) * scale[i] + shift[i]);
            }
            set(out, parts().mean(), row, normal.mean());
            set(out, parts().inverse(), row, normal.inverse());
        }
        for (int i = 0; i < sum.length; i++) {
            set(out, parts().sum(), i, sum[i]);
        }
    }

    private static void set(List<HostTensor> out, int o, int i, double v) {
        if (o != NONE && o < out.size()) {
            out.get(o).set(i, v);
        }
    }

    /** Input {@code i} broadcast to {@code shape}, or {@code otherwise} everywhere. */
    private static double[] spread(Inputs in, int i, Shape shape, double otherwise) {
        double[] result = new double[(int) shape.elements()];
        if (!has(in, i)) {
            Arrays.fill(result, otherwise);
            return result;
        }
        HostTensor t = in.get(i);
        long[] strides = shape.strides();
        long[] own = t.shape().strides();
        int shift = shape.rank() - own.length;
        for (int e = 0; e < result.length; e++) {
            long at = 0;
            for (int a = 0; a < own.length; a++) {
                boolean stretched = t.shape().size(a) == 1;
                at += stretched ? 0 : e / strides[a + shift] % shape.size(a + shift) * own[a];
            }
            result[e] = t.getDouble((int) at);
        }
        return result;
    }

    /** One kernel for all, where scale, shift and bias are one row each, and skip some rows that repeat. */
    @Override
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Parts parts = parts();
        Shape shape = in.shape(0);
        long n = shape.elements(shape.axis(axis()), shape.rank());
        for (int i = 1; i < in.size(); i++) {
            if (in.has(i)) {
                boolean fits = i == parts.skip()
                        ? repeats(in.shape(i), shape) && in.shape(i).elements() % n == 0
                        : repeats(in.shape(i), shape) && in.shape(i).elements() == n;
                if (!fits || in.dtype(i) != in.dtype(0)) {
                    return Optional.empty();
                }
            }
        }
        if (shape.rank() > 8 || out.size() > 1 && stash() != DType.FLOAT32) {
            return Optional.empty();
        }
        boolean mean = parts.mean() != NONE && parts.mean() < out.size();
        boolean inverse = parts.inverse() != NONE && parts.inverse() < out.size();
        boolean sum = parts.sum() != NONE && parts.sum() < out.size();
        Launch launch = Launch.of("layer_normalization", in.dtype(0)).input(0).input(parts.scale());
        for (int i : new int[] {parts.shift(), parts.skip(), parts.bias()}) {
            if (has(in, i)) {
                launch.input(i);
            }
        }
        launch.output(0);
        for (int o : new int[] {parts.mean(), parts.inverse(), parts.sum()}) {
            if (o != NONE && o < out.size()) {
                launch.output(o);
            }
        }
        long flags = Flag.SHIFT.bit(has(in, parts.shift()))
                | Flag.SKIP.bit(has(in, parts.skip()))
                | Flag.BIAS.bit(has(in, parts.bias()))
                | Flag.MEAN.bit(mean)
                | Flag.INVERSE.bit(inverse)
                | Flag.SUM.bit(sum)
                | Flag.RMS.bit(!centred());
        long rows = shape.elements() / n;
        long skipRows = has(in, parts.skip()) ? in.shape(parts.skip()).elements() / n : 1;
        return Optional.of(launch.params(rows, n, skipRows, flags)
                .param((double) epsilon())
                .inPlace(0));
    }

    /** Whether {@code small} is the last axes of {@code whole}, perhaps behind axes of size 1. */
    private static boolean repeats(Shape small, Shape whole) {
        int from = 0;
        while (from < small.rank() && small.size(from) == 1) {
            from++;
        }
        int rank = small.rank() - from;
        return rank <= whole.rank()
                && small.slice(from, small.rank()).equals(whole.slice(whole.rank() - rank, whole.rank()));
    }
}
