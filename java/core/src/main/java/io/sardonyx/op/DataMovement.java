package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What operators share that move elements whatever these mean: lists of integers, indices, kernels by element width. */
interface DataMovement extends TensorOperator {
    /** The most axes that a kernel's tensor has. */
    int MAX_KERNEL_RANK = 8;

    /** An attribute that is a list of integers. */
    static Optional<List<Long>> integers(Attributes attributes, String name) {
        return attributes.ifPresent(
                name, a -> Arrays.stream(a.getInts(name)).boxed().toList());
    }

    /** The attribute's list where there is one, else the value of input {@code i}. */
    default long[] integers(Optional<List<Long>> attribute, InputTypes in, int i) {
        if (attribute.isEmpty()) {
            return integers(in, i);
        }
        long[] list = new long[attribute.get().size()];
        for (int k = 0; k < list.length; k++) {
            list[k] = attribute.get().get(k);
        }
        return list;
    }

    /** The value of input {@code i}, a list of integers. */
    default long[] integers(InputTypes in, int i) {
        requireIndices(in, i);
        if (in.shape(i).rank() > 1) {
            throw refuse("input " + i + ": expected a list, given " + in.get(i));
        }
        return in.value(i).toLongs();
    }

    default void requireIndices(InputTypes in, int i) {
        if (in.dtype(i) != DType.INT64 && in.dtype(i) != DType.INT32) {
            throw refuse("input " + i + ": expected int32 or int64, given " + in.get(i));
        }
    }

    default void requireSameType(InputTypes in, int i) {
        if (in.dtype(i) != in.dtype(0)) {
            throw refuse("input " + i + ": expected " + in.dtype(0) + " as input 0, given " + in.get(i));
        }
    }

    /** {@code index} as a number from 0 to {@code size} − 1; negative ones count from the end. */
    default int index(long index, long size) {
        if (index < -size || index >= size) {
            throw refuse("index " + index + " is outside [" + -size + ", " + size + ")");
        }
        return (int) (index < 0 ? index + size : index);
    }

    /** {@code a + b} as a size. */
    default long sum(long a, long b) {
        try {
            return Math.addExact(a, b);
        } catch (ArithmeticException e) {
            throw refuse("the size " + a + " + " + b + " overflows 64 bits");
        }
    }

    default IllegalArgumentException refuse(String message) {
        return new IllegalArgumentException(name() + ": " + message);
    }

    /**
     * A launch of {@code kernel.bN} for elements like output 0's, N bytes wide, without arguments yet. Empty where no kernel
     * moves such elements (strings, less than a byte, complex128), or where a tensor has too many axes.
     */
    static Optional<Launch> byWidth(String kernel, InputTypes in, List<TensorType> out) {
        DType dtype = out.get(0).dtype();
        return fitsKernels(in, out) && dtype.bits() >= 8 && dtype.bits() <= 64
                ? Optional.of(Launch.ofKey(kernel + ".b" + dtype.bits() / 8))
                : Optional.empty();
    }

    static boolean fitsKernels(InputTypes in, List<TensorType> out) {
        boolean fits = true;
        for (TensorType type : out) {
            fits &= type.shape().rank() <= MAX_KERNEL_RANK;
        }
        for (int i = 0; i < in.size(); i++) {
            fits &= !in.has(i) || in.shape(i).rank() <= MAX_KERNEL_RANK;
        }
        return fits;
    }

    /** The bits of a tensor's first element, as kernels take a value to fill with; at most 64. */
    static long bits(HostTensor value) {
        ByteBuffer data = value.data();
        return switch (value.dtype().bits()) {
            case 8 -> data.get(0) & 0xff;
            case 16 -> data.getShort(0) & 0xffff;
            case 32 -> data.getInt(0) & 0xffffffffL;
            default -> data.getLong(0);
        };
    }
}
