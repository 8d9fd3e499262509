package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Which scale and zero point an element of a tensor has, for QuantizeLinear and DequantizeLinear: one for the whole tensor; one
 * for each index along {@code axis}; or, with a {@code blockSize}, one for each run of so many elements along {@code axis}.
 */
record QuantizationScale(String operator, long axis, long blockSize) {
    QuantizationScale {
        if (blockSize < 0) {
            throw new IllegalArgumentException(
                    operator + ": attribute block_size: expected 0 or more, given " + blockSize);
        }
    }

    static QuantizationScale read(String operator, Attributes attributes) {
        return new QuantizationScale(operator, attributes.getInt("axis", 1), attributes.getInt("block_size", 0));
    }

    /** Checks the shape of the scale, and type and shape of the zero point where there is one. */
    void require(Shape x, TensorType scale, InputTypes in, int zero, DType zeroType) {
        Shape s = scale.shape();
        if (blockSize > 0 && s.rank() > 0) {
            int along = axis(x);
            if (s.rank() != x.rank() || !s.equals(x.with(along, (x.size(along) + blockSize - 1) / blockSize))) {
                throw new IllegalArgumentException(operator + ": scale: expected " + x + " with axis " + along
                        + " in blocks of " + blockSize + ", given " + s);
            }
        } else if (!isSingle(s) && !(s.rank() == 1 && s.size(0) == x.size(axis(x)))) {
            throw new IllegalArgumentException(operator + ": scale: expected one value or one for each index of axis "
                    + axis + " of " + x + ", given " + s);
        }
        if (in.has(zero)
                && (in.dtype(zero) != zeroType
                        || !(in.shape(zero).equals(s) || isSingle(s) && isSingle(in.shape(zero))))) {
            throw new IllegalArgumentException(operator + ": zero point: expected " + new TensorType(zeroType, s)
                    + " like the scale, given " + in.get(zero));
        }
    }

    private static boolean isSingle(Shape scale) {
        return scale.rank() <= 1 && scale.elements() == 1;
    }

    private int axis(Shape x) {
        try {
            return x.axis(axis);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(operator + ": " + e.getMessage(), e);
        }
    }

    /** Sizes that tell the position of an element's scale: see {@link #position}. */
    record Layout(long outer, long length, long inner, long block, boolean perInner) {
        long position(long i) {
            long along = i / inner % length / block;
            if (!perInner) {
                return along;
            }
            long blocks = (length + block - 1) / block;
            return (i / (inner * length) * blocks + along) * inner + i % inner;
        }
    }

    /** The layout of {@code x} [outer, length, inner]; where one scale is for all, length is 1. */
    Layout layout(Shape x, Shape scale) {
        if (isSingle(scale)) {
            return new Layout(1, 1, Math.max(1, x.elements()), 1, false);
        }
        int along = axis(x);
        long outer = x.elements(0, along);
        long inner = x.elements(along + 1, x.rank());
        return blockSize > 0
                ? new Layout(outer, x.size(along), inner, blockSize, true)
                : new Layout(outer, x.size(along), inner, 1, false);
    }

    /** For each element of {@code x}, the position of its scale. */
    IntUnaryOperator positions(Shape x, Shape scale) {
        Layout layout = layout(x, scale);
        return i -> (int) layout.position(i);
    }

    /** Adds the arguments that the kernels {@code quantize.*} and {@code dequantize.*} share; empty where they do not apply. */
    Optional<Launch> launch(Launch launch, InputTypes in) {
        Layout layout = layout(in.shape(0), in.shape(1));
        if (layout.perInner() || in.shape(0).rank() > 8) {
            return Optional.empty();
        }
        return Optional.of(launch.input(0).input(1).input(2).output(0).params(layout.length(), layout.inner()));
    }
}
