package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** An operator that reduces every window of every channel to one number: X is [N, C, spatial axes]. */
interface Pooling extends TensorOperator {
    Window window();

    /** The reduction; {@code sources} as {@link Sliding#sources} fills it in, relative to {@code plane}. */
    double reduce(double[] x, int plane, int[] sources);

    /** The window on X, which is checked. */
    static Sliding sliding(String operator, Window window, Shape x) {
        if (x.rank() < 3) {
            throw new IllegalArgumentException(operator + ": expected X [batch, channels, spatial axes], given " + x);
        }
        return window.over(operator, x.slice(2, x.rank()), window.requireKernel(operator, x.rank() - 2));
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat()) {
            throw new IllegalArgumentException(name() + ": expected a float type, given " + in.get(0));
        }
        return List.of(in.get(0).with(sliding(name(), window(), in.shape(0)).output(in.shape(0))));
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        Sliding sliding = sliding(name(), window(), in.get(0).shape());
        double[] x = in.get(0).toDoubles();
        int[] sources = sliding.newSources();
        int positions = (int) sliding.positions();
        int planes = (int) in.get(0).shape().elements(0, 2);
        for (int p = 0; p < positions; p++) {
            sliding.sources(p, sources);
            for (int plane = 0; plane < planes; plane++) {
                out.get(0).set(plane * positions + p, reduce(x, plane * (int) sliding.inputs(), sources));
            }
        }
    }

    /**
     * A launch of a pooling kernel, without anything behind the geometry yet; empty where the kernels do not reach.
     * Geometry: input, output, kernel, stride, dilation, begin, end, of three axes each.
     */
    static Optional<Launch> launch(String key, TensorType x, Sliding s) {
        if (s.axes() > 3) {
            return Optional.empty();
        }
        long[][] axes = axes(s);
        Launch launch =
                Launch.of(key, x.dtype()).input(0).output(0).param(x.shape().elements(0, 2));
        ConvolutionKernel.addAxes(launch, axes);
        // A plane laid out with its padding, its rows reduced, and these reduced along the axis in the middle.
        long[] w = axes[2];
        long reach = (w[2] - 1) * w[4] + 1;
        double rows = (double) axes[0][0] * axes[1][0];
        double layout = rows * (w[1] + (reach - 1) / w[3]) * Math.min(w[3], reach) + ConvolutionKernel.SLACK;
        long width = ConvolutionKernel.roundUp(w[1], ConvolutionKernel.LINE);
        double reduced = (rows + (double) axes[0][0] * axes[1][1]) * width;
        if (layout + reduced > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        return Optional.of(launch.scratch(4 * ConvolutionKernel.roundUp(w[2], ConvolutionKernel.LINE))
                .scratchPerThread(
                        4 * (ConvolutionKernel.roundUp((long) layout, ConvolutionKernel.LINE) + (long) reduced)));
    }

    /** Input, output, kernel, stride, dilation, begin and end of each of the kernels' three axes. */
    static long[][] axes(Sliding s) {
        long[] one = {1, 1, 1, 1, 1, 0, 0};
        long[][] axes = {one, one, one};
        for (int i = 0; i < s.axes(); i++) {
            axes[ConvolutionKernel.kernelAxis(i, s.axes())] =
                    new long[] {s.input[i], s.output[i], s.kernel[i], s.strides[i], s.dilations[i], s.begin[i], s.end[i]
                    };
        }
        return axes;
    }
}
