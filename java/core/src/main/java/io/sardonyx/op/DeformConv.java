package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@link Conv} whose taps are moved by offsets, and weighed by a mask, that differ from position to position: tap {@code t} at
 * position {@code o} meets X at {@code o · stride - pad + t · dilation + offset[n, (g · taps + t) · axes + axis, o]}, blended
 * linearly from its neighbours, zero outside. Accumulates in double.
 *
 * <p>ONNX DeformConv, opsets 19, 22. Inputs X [N, C, spatial axes], W [M, C / group, kernel], offset [N, offset_group · taps ·
 * axes, output], optional B [M], optional mask [N, offset_group · taps, output].
 */
public record DeformConv(long group, long offsetGroup, Window window) implements TensorOperator {
    private static final int KERNEL_AXES = 3;

    /** Positions whose columns a thread has at a time; the CPU's kernel knows it too. */
    private static final long KERNEL_POSITIONS = 32;

    static DeformConv read(Attributes attributes) {
        return new DeformConv(
                attributes.getInt("group", 1), attributes.getInt("offset_group", 1), Window.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        for (int i = 0; i < in.size(); i++) {
            if (in.has(i) && (!in.dtype(i).isFloat() || in.dtype(i) != in.dtype(0))) {
                throw new IllegalArgumentException("DeformConv: input " + i + ": expected a float type as X has, "
                        + in.dtype(0) + ", given " + in.get(i));
            }
        }
        Convolution shapes = shapes(in.shape(0), in.shape(1));
        Convolution.requireBias("DeformConv", in, 3, in.shape(1));
        long channels = in.shape(0).size(1);
        if (offsetGroup < 1 || channels % offsetGroup != 0) {
            throw new IllegalArgumentException(
                    "DeformConv: offset_group " + offsetGroup + " does not divide the " + channels + " channels of X");
        }
        long taps = Math.multiplyExact(offsetGroup, shapes.sliding().taps());
        requireShape(in, 2, "offset", shapes, taps * shapes.sliding().axes());
        requireShape(in, 4, "mask", shapes, taps);
        return List.of(in.get(0).with(shapes.output()));
    }

    private Convolution shapes(Shape x, Shape w) {
        return Convolution.of("DeformConv", window, group, x, w);
    }

    private static void requireShape(InputTypes in, int input, String what, Convolution shapes, long channels) {
        Shape expected = Shape.of(shapes.batch(), channels).concat(Shape.of(shapes.sliding().output));
        if ((input == 2 || in.has(input)) && !in.shape(input).equals(expected)) {
            throw new IllegalArgumentException(
                    "DeformConv: " + what + ": expected " + expected + ", given " + in.shape(input));
        }
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        double[] x = in.get(0).toDoubles();
        double[] w = in.get(1).toDoubles();
        Convolution shapes = shapes(in.get(0).shape(), in.get(1).shape());
        Sliding s = shapes.sliding();
        long[] strides = Shape.of(s.input).strides();
        int plane = (int) s.inputs();
        int positions = (int) s.positions();
        int taps = (int) s.taps();
        int channels = (int) (shapes.group() * shapes.channels());
        int filters = (int) (shapes.group() * shapes.filters());
        double[] seen = new double[channels * taps];
        for (int n = 0; n < shapes.batch(); n++) {
            for (int p = 0; p < positions; p++) {
                for (int i = 0; i < seen.length; i++) {
                    int offsetTap = (int) (i / taps / (channels / offsetGroup)) * taps + i % taps;
                    Taps[] at = place(in.get(2), s, (n * (int) offsetGroup * taps + offsetTap), p, i % taps);
                    double mask = in.has(4)
                            ? in.get(4).getDouble((n * (int) offsetGroup * taps + offsetTap) * positions + p)
                            : 1;
                    seen[i] = mask * Taps.blend(x, (n * channels + i / taps) * plane, at, strides);
                }
                for (int f = 0; f < filters; f++) {
                    int depth = (int) shapes.channels() * taps;
                    int from = f / (int) shapes.filters() * depth;
                    double sum = in.has(3) ? in.get(3).getDouble(f) : 0;
                    for (int k = 0; k < depth; k++) {
                        sum += seen[from + k] * w[f * depth + k];
                    }
                    out.get(0).set((n * filters + f) * positions + p, sum);
                }
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Convolution shapes = shapes(in.shape(0), in.shape(1));
        Sliding s = shapes.sliding();
        if (s.axes() > KERNEL_AXES || s.inputs() > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        long[] one = {1, 1, 1, 1, 1, 0};
        long[][] axes = {one, one, one};
        for (int i = 0; i < s.axes(); i++) {
            axes[KERNEL_AXES - s.axes() + i] =
                    new long[] {s.input[i], s.output[i], s.kernel[i], s.strides[i], s.dilations[i], s.begin[i]};
        }
        Launch launch = Launch.of("deform_conv", in.dtype(0))
                .input(0)
                .input(1)
                .input(2)
                .input(3)
                .input(4)
                .output(0)
                .params(offsetGroup, s.axes());
        ConvolutionKernel.addGeometry(launch, shapes, axes);
        long columns = Math.multiplyExact(in.shape(0).size(1), s.taps());
        return Optional.of(launch.scratchPerThread(Math.multiplyExact(4 * KERNEL_POSITIONS, columns)));
    }

    /** Where {@code tap} lands; {@code offsets} counts the offset vectors over batch, offset group and tap. */
    private static Taps[] place(HostTensor offset, Sliding s, int offsets, int position, int tap) {
        int positions = (int) s.positions();
        Taps[] place = new Taps[s.axes()];
        for (int axis = s.axes() - 1; axis >= 0; axis--) {
            double moved = offset.getDouble((offsets * s.axes() + axis) * positions + position);
            long o = Shape.of(s.output).strides()[axis];
            long t = Shape.of(s.kernel).strides()[axis];
            place[axis] = Taps.linear(
                    position / o % s.output[axis] * s.strides[axis]
                            - s.begin[axis]
                            + tap / t % s.kernel[axis] * s.dilations[axis]
                            + moved,
                    s.input[axis]);
        }
        return place;
    }
}
