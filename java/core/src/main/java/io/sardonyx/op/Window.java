package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * The window of a convolution or a pooling as a node's attributes describe it. Empty lists stand for the defaults: a kernel as
 * large as the weight says, strides and dilations of 1, no padding.
 *
 * @param pads where {@code autoPad} is {@code NOTSET}: all begins, then all ends
 * @param ceil whether the number of positions is rounded up, so that the last window may hang over the padded input
 */
public record Window(
        List<Long> kernel, List<Long> strides, List<Long> dilations, List<Long> pads, AutoPad autoPad, boolean ceil) {
    /** ONNX's {@code auto_pad}: with SAME there are {@code ceil(input / stride)} positions, an odd padding goes to the end or begin. */
    public enum AutoPad {
        NOTSET,
        SAME_UPPER,
        SAME_LOWER,
        VALID
    }

    public Window {
        kernel = List.copyOf(kernel);
        strides = List.copyOf(strides);
        dilations = List.copyOf(dilations);
        pads = List.copyOf(pads);
    }

    static Window read(Attributes attributes) {
        return of(attributes.getInts("kernel_shape"))
                .withStrides(attributes.getInts("strides"))
                .withDilations(attributes.getInts("dilations"))
                .withPads(attributes.getInts("pads"))
                .withAutoPad(readAutoPad(attributes.getString("auto_pad", "NOTSET")))
                .withCeil(attributes.getFlag("ceil_mode", false));
    }

    private static AutoPad readAutoPad(String name) {
        for (AutoPad value : AutoPad.values()) {
            if (value.name().equals(name.toUpperCase(Locale.ROOT))) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "auto_pad: expected one of " + Arrays.toString(AutoPad.values()) + ", given " + name);
    }

    /** A dense window of this size, moved by 1, without padding. */
    public static Window of(long... kernel) {
        return new Window(list(kernel), List.of(), List.of(), List.of(), AutoPad.NOTSET, false);
    }

    public Window withStrides(long... values) {
        return new Window(kernel, list(values), dilations, pads, autoPad, ceil);
    }

    public Window withDilations(long... values) {
        return new Window(kernel, strides, list(values), pads, autoPad, ceil);
    }

    public Window withPads(long... values) {
        return new Window(kernel, strides, dilations, list(values), autoPad, ceil);
    }

    public Window withAutoPad(AutoPad value) {
        return new Window(kernel, strides, dilations, pads, value, ceil);
    }

    public Window withCeil(boolean value) {
        return new Window(kernel, strides, dilations, pads, autoPad, value);
    }

    /**
     * The window on an input of these spatial sizes.
     *
     * @param operator for messages
     * @param size the window's size where the weight tells it; it must agree with {@link #kernel}
     */
    Sliding over(String operator, Shape input, Shape size) {
        int axes = input.rank();
        long[] k = requireKernel(operator, size);
        long[] s = requirePositive(operator, "strides", strides, axes);
        long[] d = requirePositive(operator, "dilations", dilations, axes);
        long[] begin = new long[axes];
        long[] end = new long[axes];
        long[] output = new long[axes];
        try {
            for (int i = 0; i < axes; i++) {
                long reach = Math.addExact(Math.multiplyExact(d[i], k[i] - 1), 1);
                if (autoPad == AutoPad.SAME_UPPER || autoPad == AutoPad.SAME_LOWER) {
                    long positions = Math.floorDiv(Math.addExact(input.size(i), s[i] - 1), s[i]);
                    long covered = Math.addExact(Math.multiplyExact(Math.max(positions - 1, 0), s[i]), reach);
                    long total = Math.max(0, covered - input.size(i));
                    begin[i] = autoPad == AutoPad.SAME_UPPER ? total / 2 : total - total / 2;
                    end[i] = total - begin[i];
                    output[i] = positions;
                    continue;
                }
                if (autoPad == AutoPad.NOTSET) {
                    begin[i] = pad(operator, i, axes);
                    end[i] = pad(operator, i + axes, axes);
                }
                long padded = Math.addExact(Math.addExact(input.size(i), begin[i]), end[i]);
                long room = Math.subtractExact(padded, reach);
                output[i] = (ceil ? -Math.floorDiv(-room, s[i]) : Math.floorDiv(room, s[i])) + 1;
                // A window that would start in the padding at the end, where only ceil_mode leads, does not count.
                if (ceil && (output[i] - 1) * s[i] >= input.size(i) + begin[i]) {
                    output[i]--;
                }
                if (output[i] < 1) {
                    throw new IllegalArgumentException(operator
                            + ": the window is larger than the padded input: kernel "
                            + k[i] + " with dilation " + d[i] + " reaches over " + reach + ", axis " + (i + 2) + " of "
                            + input.size(i) + " padded by " + begin[i] + " and " + end[i] + " has " + padded);
                }
            }
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    operator + ": sizes overflow 64 bits: kernel " + Arrays.toString(k) + ", strides "
                            + Arrays.toString(s) + ", dilations " + Arrays.toString(d) + ", pads " + pads + " on "
                            + input,
                    overflow);
        }
        return new Sliding(input.toArray(), output, k, s, d, begin, end);
    }

    /** The kernel's sizes, of which {@code size} must not differ. */
    long[] requireKernel(String operator, Shape size) {
        if (!kernel.isEmpty() && !Arrays.equals(array(kernel), size.toArray())) {
            throw new IllegalArgumentException(
                    operator + ": kernel_shape: expected " + size + " as the weight has, given " + kernel);
        }
        for (int i = 0; i < size.rank(); i++) {
            if (size.size(i) < 1) {
                throw new IllegalArgumentException(operator + ": expected a kernel of positive sizes, given " + size);
            }
        }
        return size.toArray();
    }

    /** The kernel's sizes where no weight tells them. */
    Shape requireKernel(String operator, int axes) {
        if (kernel.size() != axes) {
            throw new IllegalArgumentException(
                    operator + ": kernel_shape: expected " + axes + " values, given " + kernel);
        }
        requirePositive(operator, "kernel_shape", kernel, axes);
        return Shape.of(array(kernel));
    }

    /** {@code values}, one positive number for each axis; 1 where the list is empty. */
    static long[] requirePositive(String operator, String what, List<Long> values, int axes) {
        if (values.isEmpty()) {
            return LongStream.generate(() -> 1).limit(axes).toArray();
        }
        if (values.size() != axes || values.stream().anyMatch(v -> v < 1)) {
            throw new IllegalArgumentException(
                    operator + ": " + what + ": expected " + axes + " positive values, given " + values);
        }
        return array(values);
    }

    /** Value {@code i} of {@code pads}: begins first. */
    long pad(String operator, int i, int axes) {
        if (pads.isEmpty()) {
            return 0;
        }
        if (pads.size() != 2 * axes || pads.stream().anyMatch(v -> v < 0)) {
            throw new IllegalArgumentException(
                    operator + ": pads: expected " + 2 * axes + " values of 0 or more, given " + pads);
        }
        return pads.get(i);
    }

    static List<Long> list(long... values) {
        return LongStream.of(values).boxed().toList();
    }

    static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
