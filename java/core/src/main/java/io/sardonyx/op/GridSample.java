package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code y[n, c, o…] = X[n, c]} at the point {@code grid[n, o…]}, whose coordinates, last spatial axis first, run from -1 to 1
 * over X. X is [N, C, spatial axes], grid is [N, output's spatial axes, number of axes]. Accumulates in double.
 *
 * <p>ONNX GridSample, opsets 16 (two axes; modes bilinear and bicubic), 20, 22.
 *
 * @param alignCorners whether -1 and 1 are the centres of the border elements, or else their outer edges
 */
public record GridSample(Resize.Mode mode, Padding padding, boolean alignCorners) implements TensorOperator {
    private static final int KERNEL_AXES = 3;

    /** What lies outside X, in the kernel's order. */
    public enum Padding {
        ZEROS,
        BORDER,
        REFLECTION
    }

    static GridSample read(Attributes attributes) {
        String mode = attributes.getString("mode", "linear").toLowerCase(Locale.ROOT);
        return new GridSample(
                switch (mode) {
                    case "nearest" -> Resize.Mode.NEAREST;
                    case "linear", "bilinear" -> Resize.Mode.LINEAR;
                    case "cubic", "bicubic" -> Resize.Mode.CUBIC;
                    default ->
                        throw new IllegalArgumentException(
                                "GridSample: mode: expected nearest, linear or cubic, given " + mode);
                },
                Padding.valueOf(attributes.getString("padding_mode", "zeros").toUpperCase(Locale.ROOT)),
                attributes.getFlag("align_corners", false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        Shape grid = in.shape(1);
        int axes = x.rank() - 2;
        if (axes < 1 || grid.rank() != x.rank() || grid.size(0) != x.size(0) || grid.size(-1) != axes) {
            throw new IllegalArgumentException(
                    "GridSample: expected X [N, C, spatial axes] and grid [N, spatial axes, their" + " number], given "
                            + x + " and " + grid);
        }
        if (!in.dtype(1).isFloat()
                || (mode != Resize.Mode.NEAREST && !in.dtype(0).isFloat())) {
            throw new IllegalArgumentException(
                    "GridSample: expected a float type, given X " + in.dtype(0) + " and grid " + in.dtype(1));
        }
        if (x.elements() == 0 && grid.elements() > 0 && x.size(1) > 0) {
            throw new IllegalArgumentException("GridSample: X " + x + " has no element to sample");
        }
        return List.of(in.get(0).with(x.slice(0, 2).concat(grid.slice(1, grid.rank() - 1))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor grid = in.get(1);
        HostTensor y = out.get(0);
        Shape spatial = x.shape().slice(2, x.shape().rank());
        long[] strides = spatial.strides();
        int axes = spatial.rank();
        int channels = (int) x.shape().size(1);
        int plane = (int) spatial.elements();
        int positions = (int) y.shape().elements(2, y.shape().rank());
        double[] values = x.dtype().isFloat() ? x.toDoubles() : null;
        Taps[] taps = new Taps[axes];
        for (int n = 0; n < x.shape().size(0); n++) {
            for (int p = 0; p < positions; p++) {
                for (int axis = 0; axis < axes; axis++) {
                    double at = grid.getDouble((n * positions + p) * axes + axes - 1 - axis);
                    taps[axis] = taps(at, spatial.size(axis));
                }
                for (int c = 0; c < channels; c++) {
                    int from = (n * channels + c) * plane;
                    int to = (n * channels + c) * positions + p;
                    if (mode == Resize.Mode.NEAREST) {
                        copyNearest(y, to, x, from, taps, strides);
                    } else {
                        y.set(to, Taps.blend(values, from, taps, strides));
                    }
                }
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape x = in.shape(0);
        int axes = x.rank() - 2;
        if (axes > KERNEL_AXES || in.dtype(1) != in.dtype(0)) {
            return Optional.empty();
        }
        Launch launch = Launch.of("grid_sample", in.dtype(0)).input(0).input(1).output(0);
        launch.params(x.size(0), x.size(1), in.shape(1).elements(1, axes + 1), axes);
        for (int i = 0; i < KERNEL_AXES; i++) {
            launch.param(i < axes ? x.size(i + 2) : 1);
        }
        return Optional.of(launch.params(mode.ordinal(), padding.ordinal(), alignCorners ? 1 : 0));
    }

    private static void copyNearest(HostTensor y, int to, HostTensor x, int from, Taps[] taps, long[] strides) {
        if (Arrays.stream(taps).anyMatch(t -> t.index()[0] == Taps.NOTHING)) {
            y.set(to, 0L);
            return;
        }
        int at = from;
        for (int axis = 0; axis < taps.length; axis++) {
            at += taps[axis].index()[0] * (int) strides[axis];
        }
        y.copy(to, x, at);
    }

    /** The taps for coordinate {@code normalized} of an axis. */
    private Taps taps(double normalized, long size) {
        double at = alignCorners ? (normalized + 1) / 2 * (size - 1) : ((normalized + 1) * size - 1) / 2;
        if (mode == Resize.Mode.NEAREST) {
            return Taps.one(element(Math.rint(at), size));
        }
        int reach = mode == Resize.Mode.LINEAR ? 1 : 2;
        double first = Math.floor(at) - reach + 1;
        int[] index = new int[2 * reach];
        double[] weight = new double[2 * reach];
        for (int t = 0; t < index.length; t++) {
            index[t] = element(first + t, size);
            double distance = at - (first + t);
            weight[t] = mode == Resize.Mode.LINEAR ? 1 - Math.abs(distance) : Taps.cubic(distance, -0.75);
        }
        return new Taps(index, weight);
    }

    /** The element that stands for {@code at}, a whole number. */
    private int element(double at, long size) {
        double inside =
                switch (padding) {
                    case ZEROS -> at;
                    case BORDER -> Math.max(0, Math.min(size - 1, at));
                    case REFLECTION -> reflected(at, alignCorners ? 0 : -0.5, alignCorners ? size - 1 : size - 0.5);
                };
        return inside >= 0 && inside < size ? (int) inside : Taps.NOTHING;
    }

    private static double reflected(double at, double low, double high) {
        double range = high - low;
        if (range == 0) {
            return low;
        }
        double distance = Math.abs((at - low) % (2 * range));
        return low + (distance <= range ? distance : 2 * range - distance);
    }
}
