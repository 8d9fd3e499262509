package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Scales a tensor's axes: each output coordinate is mapped to an input coordinate ({@link Coordinates}), and the elements around
 * it give the value, along each axis in turn ({@link Mode}). Sizes come from an input of scales or an input of sizes.
 *
 * <p>ONNX Resize, opsets 10, 11, 13, 18, 19. Inputs X, roi, scales, sizes; in opset 10 X, scales. {@link Upsample} is its
 * predecessor. All types; only {@code NEAREST} takes those that are no numbers. Coordinates are float32, weights double
 * (reference) or float32 (kernels).
 *
 * @param axes the axes that roi, scales and sizes speak of; all if empty
 * @param fixedScales scales that an attribute states; empty if they are an input
 * @param scalesInput which input the scales are
 */
public record Resize(
        Mode mode,
        Coordinates coordinates,
        Nearest nearest,
        float cubicCoefficient,
        boolean excludeOutside,
        float extrapolation,
        boolean antialias,
        AspectRatio aspectRatio,
        List<Long> axes,
        List<Float> fixedScales,
        int scalesInput)
        implements TensorOperator {
    /** What makes up a value between elements. */
    public enum Mode {
        NEAREST,
        LINEAR,
        CUBIC
    }

    /** From output to input coordinates; see ONNX's text. */
    public enum Coordinates {
        HALF_PIXEL,
        HALF_PIXEL_SYMMETRIC,
        PYTORCH_HALF_PIXEL,
        TF_HALF_PIXEL_FOR_NN,
        ALIGN_CORNERS,
        ASYMMETRIC,
        TF_CROP_AND_RESIZE
    }

    /** Which element is the nearest; {@code SIMPLE} is that of opset 10: ceil where the axis shrinks, else floor. */
    public enum Nearest {
        ROUND_PREFER_FLOOR,
        ROUND_PREFER_CEIL,
        FLOOR,
        CEIL,
        SIMPLE
    }

    /** Whether sizes are met exactly, or are bounds within which the aspect ratio is kept. */
    public enum AspectRatio {
        STRETCH,
        NOT_LARGER,
        NOT_SMALLER
    }

    static Resize read(Attributes attributes) {
        if (attributes.opset() < 11) {
            return simple(Mode.valueOf(upper(attributes, "mode", "nearest")), 1);
        }
        return new Resize(
                Mode.valueOf(upper(attributes, "mode", "nearest")),
                Coordinates.valueOf(upper(attributes, "coordinate_transformation_mode", "half_pixel")),
                Nearest.valueOf(upper(attributes, "nearest_mode", "round_prefer_floor")),
                attributes.getFloat("cubic_coeff_a", -0.75f),
                attributes.getFlag("exclude_outside", false),
                attributes.getFloat("extrapolation_value", 0),
                attributes.getFlag("antialias", false),
                AspectRatio.valueOf(upper(attributes, "keep_aspect_ratio_policy", "stretch")),
                Window.list(attributes.getInts("axes")),
                List.of(),
                2);
    }

    private static String upper(Attributes attributes, String name, String otherwise) {
        return attributes.getString(name, otherwise).toUpperCase(Locale.ROOT);
    }

    /** Half-pixel coordinates, sizes or scales as inputs 3 and 2. */
    public static Resize of(Mode mode) {
        return of(mode, Coordinates.HALF_PIXEL);
    }

    public static Resize of(Mode mode, Coordinates coordinates) {
        return new Resize(
                mode,
                coordinates,
                Nearest.ROUND_PREFER_FLOOR,
                -0.75f,
                false,
                0,
                false,
                AspectRatio.STRETCH,
                List.of(),
                List.of(),
                2);
    }

    /** What Upsample and opset 10 know: {@code x / scale}; the scales are input {@code scalesInput}, or an attribute. */
    static Resize simple(Mode mode, int scalesInput, Float... scales) {
        return new Resize(
                mode,
                Coordinates.ASYMMETRIC,
                Nearest.SIMPLE,
                -0.75f,
                false,
                0,
                false,
                AspectRatio.STRETCH,
                List.of(),
                List.of(scales),
                scalesInput);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        DType dtype = in.dtype(0);
        if (mode != Mode.NEAREST && !dtype.isFloat() && !dtype.isInteger()) {
            throw new IllegalArgumentException("Resize: expected a numeric type for mode " + mode + ", given " + dtype);
        }
        long[] sizes =
                Arrays.stream(resizedAxes(in)).mapToLong(ResizedAxis::output).toArray();
        return List.of(in.get(0).with(Shape.of(sizes)));
    }

    private ResizedAxis[] resizedAxes(InputTypes in) {
        return resizedAxes(
                in.shape(0),
                crops() && given(in, 1) ? in.value(1) : null,
                given(in, scalesInput) ? in.value(scalesInput) : null,
                given(in, 3) ? in.value(3) : null);
    }

    boolean crops() {
        return coordinates == Coordinates.TF_CROP_AND_RESIZE;
    }

    /** Exporters write an empty tensor for an input that is left out. */
    private static boolean given(InputTypes in, int input) {
        return in.has(input) && in.shape(input).elements() > 0;
    }

    /** Sizes and scale of every axis; {@code null} for inputs that are left out. */
    private ResizedAxis[] resizedAxes(Shape x, HostTensor roi, HostTensor scales, HostTensor sizes) {
        int rank = x.rank();
        int[] of = axes.isEmpty()
                ? java.util.stream.IntStream.range(0, rank).toArray()
                : axes.stream().mapToInt(x::axis).toArray();
        requireCount("scales", scales, of.length);
        requireCount("sizes", sizes, of.length);
        requireCount("roi", roi, 2 * of.length);
        if ((scales == null && fixedScales.isEmpty()) == (sizes == null)) {
            throw new IllegalArgumentException(
                    "Resize: expected either scales or sizes, given " + (sizes == null ? "none of them" : "both"));
        }
        if (crops() && roi == null) {
            throw new IllegalArgumentException("Resize: expected a roi for tf_crop_and_resize, given none");
        }
        if (!fixedScales.isEmpty() && fixedScales.size() != of.length) {
            throw new IllegalArgumentException(
                    "Resize: expected " + of.length + " scales for X " + x + ", given " + fixedScales);
        }
        float common = sizes == null ? 0 : commonScale(x, of, sizes);
        ResizedAxis[] result = new ResizedAxis[rank];
        for (int axis = 0; axis < rank; axis++) {
            result[axis] = new ResizedAxis(x.size(axis), x.size(axis), 1, 0, 1);
        }
        for (int i = 0; i < of.length; i++) {
            long input = x.size(of[i]);
            float start = crops() ? (float) roi.getDouble(i) : 0;
            float end = crops() ? (float) roi.getDouble(i + of.length) : 1;
            if (sizes == null) {
                float scale = scales != null ? (float) scales.getDouble(i) : fixedScales.get(i);
                float kept = crops() ? scale * (end - start) : scale;
                if (!(scale > 0) || !(kept * input < 0x1p62f)) {
                    throw new IllegalArgumentException(
                            "Resize: scales: expected positive numbers that fit the size, given " + scale + " for "
                                    + input);
                }
                result[of[i]] = new ResizedAxis(input, (long) Math.floor(kept * input), scale, start, end);
            } else {
                long size = aspectRatio == AspectRatio.STRETCH
                        ? sizes.getLong(i)
                        : (long) Math.floor((double) common * input + 0.5);
                float scale = aspectRatio == AspectRatio.STRETCH ? (float) size / input : common;
                result[of[i]] = new ResizedAxis(input, size, scale, start, end);
            }
            // Such a scale would blend millions of elements, of which nearly all lie outside.
            if (antialias && result[of[i]].scale() * input < 1e-3f) {
                throw new IllegalArgumentException(
                        "Resize: scale " + result[of[i]].scale() + " is too small for axis " + of[i] + " of X " + x);
            }
            if (result[of[i]].output() < 0 || (input == 0 && result[of[i]].output() > 0)) {
                throw new IllegalArgumentException(
                        "Resize: axis " + of[i] + " of X " + x + " cannot become " + result[of[i]].output() + " long");
            }
        }
        return result;
    }

    private static void requireCount(String what, HostTensor values, int count) {
        if (values != null && values.size() != count) {
            throw new IllegalArgumentException(
                    "Resize: " + what + ": expected " + count + " values, given " + values.size());
        }
    }

    /** The scale that keeps the aspect ratio. */
    private float commonScale(Shape x, int[] of, HostTensor sizes) {
        float common = aspectRatio == AspectRatio.NOT_LARGER ? Float.POSITIVE_INFINITY : 0;
        for (int i = 0; i < of.length && aspectRatio != AspectRatio.STRETCH; i++) {
            float scale = (float) sizes.getLong(i) / x.size(of[i]);
            common = aspectRatio == AspectRatio.NOT_LARGER ? Math.min(common, scale) : Math.max(common, scale);
        }
        return common;
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        ResizedAxis[] axes =
                resizedAxes(x.shape(), crops() ? input(in, 1) : null, input(in, scalesInput), input(in, 3));
        Taps[][] taps = Arrays.stream(axes).map(axis -> axis.taps(this)).toArray(Taps[][]::new);
        double[] values = mode == Mode.NEAREST ? null : x.toDoubles();
        long[] strides = x.shape().strides();
        Taps[] here = new Taps[axes.length];
        for (int i = 0; i < y.size(); i++) {
            boolean outside = false;
            int source = 0;
            for (int axis = axes.length - 1, rest = i; axis >= 0; axis--) {
                here[axis] = taps[axis][rest % (int) axes[axis].output()];
                rest /= (int) axes[axis].output();
                outside |= here[axis] == null;
                source += outside ? 0 : here[axis].index()[0] * (int) strides[axis];
            }
            if (outside) {
                y.set(i, (double) extrapolation);
            } else if (mode == Mode.NEAREST) {
                y.copy(i, x, source);
            } else {
                y.set(i, Taps.blend(values, 0, here, strides));
            }
        }
    }

    private static HostTensor input(Inputs in, int i) {
        return in.has(i) && in.get(i).size() > 0 ? in.get(i) : null;
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        ResizedAxis[] axes = resizedAxes(in);
        int last = axes.length - 1;
        while (last > 0 && axes[last].unchanged()) {
            last--;
        }
        int first = 0;
        while (first < last && axes[first].unchanged()) {
            first++;
        }
        DType dtype = in.dtype(0);
        boolean nearestOnly = mode == Mode.NEAREST;
        boolean blends = dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
        boolean known = nearestOnly ? dtype.bits() >= 8 && dtype.bits() <= 64 : blends;
        if (!known
                || axes.length == 0
                || last - first > 1
                || axes[first].input() > 1 << 30
                || axes[last].input() > 1 << 30) {
            return Optional.empty();
        }
        Taps[] rows = last == first ? new Taps[] {Taps.one(0)} : axes[first].taps(this);
        Taps[] columns = axes[last].taps(this);
        if (nearestOnly
                && (Arrays.asList(rows).contains(null) || Arrays.asList(columns).contains(null))) {
            return Optional.empty();
        }
        Shape x = in.shape(0);
        long inner = x.elements(last + 1, x.rank());
        Launch launch = Launch.ofKey(nearestOnly ? "resize_nearest.b" + dtype.bits() / 8 : "resize." + dtype.key())
                .input(0)
                .output(0)
                .params(x.elements(0, first), last == first ? 1 : axes[first].input(), axes[last].input())
                .params(rows.length, columns.length, inner, Taps.most(rows), Taps.most(columns))
                .param((double) extrapolation);
        Taps.addTo(launch, rows);
        Taps.addTo(launch, columns);
        // A GPU keeps the taps in scratch memory, a CPU's thread a row.
        long slots = (long) rows.length * Taps.most(rows) + (long) columns.length * Taps.most(columns);
        return Optional.of(launch.scratch(8 * slots).scratchPerThread(4 * axes[last].input() * inner));
    }
}
