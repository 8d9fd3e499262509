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
 * What the ten {@code Reduce…} operators share: which axes are reduced, and the loops.
 *
 * <p>The axes are an attribute (ReduceSum before opset 13, the others before 18) or input 1. Without any, all axes are reduced,
 * or none if {@code noopWithEmptyAxes}; then each element is reduced alone. Kernels accumulate float32 in double.
 */
interface Reduction extends TensorOperator {
    /** Elements per partial result where a few outputs reduce many elements each; fixed, so that results never depend on threads. */
    long CHUNK = 1 << 16;

    /**
     * Scratch for a GPU, whose kernels cut few long reductions so that one uses the whole device: 16 bytes for a part of at least
     * 1024 elements, of which there are up to 32 Ki.
     */
    static long splitBytes(long outputs, long members) {
        return outputs >= 1 << 15 || members < 4096 ? 0 : 16 * Math.min(members / 1024 * outputs, 1 << 15);
    }

    /** The axes of the attribute; empty where there is none. */
    List<Long> axes();

    boolean keepDims();

    boolean noopWithEmptyAxes();

    /** The kernel's name without dtype. */
    String kernel();

    /** Of floats; {@code values} may be changed. */
    double reduce(double[] values);

    /** Of integers and bools; the result is wrapped to the type's width. */
    default long reduce(long[] values, DType type) {
        return (long) reduce(Arrays.stream(values)
                .mapToDouble(v -> v >= 0 || !type.isUnsigned() ? v : v + 0x1p64)
                .toArray());
    }

    /** Whether bools can be reduced. */
    default boolean takesBool() {
        return false;
    }

    /** Makes the record of a member. */
    interface Constructor<R> {
        R of(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes);
    }

    static <R> R read(Attributes attributes, Constructor<R> constructor) {
        List<Long> axes = Arrays.stream(attributes.getInts("axes")).boxed().toList();
        return constructor.of(
                axes, attributes.getFlag("keepdims", true), attributes.getFlag("noop_with_empty_axes", false));
    }

    /** For each axis whether it is reduced. */
    default boolean[] reduced(InputTypes in) {
        Shape shape = in.shape(0);
        long[] wanted = in.has(1) && in.shape(1).elements() > 0
                ? in.value(1).toLongs()
                : axes().stream().mapToLong(Long::longValue).toArray();
        boolean[] reduced = new boolean[shape.rank()];
        Arrays.fill(reduced, wanted.length == 0 && !noopWithEmptyAxes());
        for (long axis : wanted) {
            reduced[shape.axis(axis)] = true;
        }
        return reduced;
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        DType type = in.dtype(0);
        if (!type.isFloat() && !type.isInteger() && !(type == DType.BOOL && takesBool())) {
            throw new IllegalArgumentException(name() + ": expected numbers, given " + in.get(0));
        }
        if (in.has(1) && (!in.dtype(1).isInteger() || in.shape(1).rank() > 1)) {
            throw new IllegalArgumentException(name() + ": axes: expected a list of int64, given " + in.get(1));
        }
        boolean[] reduced = reduced(in);
        List<Long> sizes = new ArrayList<>();
        for (int axis = 0; axis < reduced.length; axis++) {
            if (!reduced[axis]) {
                sizes.add(in.shape(0).size(axis));
            } else if (keepDims()) {
                sizes.add(1L);
            }
        }
        Shape shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
        return List.of(in.get(0).with(shape));
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        boolean[] reduced = reduced(in.types(1));
        int[] starts = y.size() == 0 ? new int[0] : offsets(x.shape(), reduced, false);
        int[] members = offsets(x.shape(), reduced, true);
        for (int o = 0; o < y.size(); o++) {
            int start = starts[o];
            if (x.dtype().isFloat()) {
                y.set(
                        o,
                        reduce(Arrays.stream(members)
                                .mapToDouble(m -> x.getDouble(start + m))
                                .toArray()));
            } else {
                y.set(
                        o,
                        reduce(
                                Arrays.stream(members)
                                        .mapToLong(m -> x.getLong(start + m))
                                        .toArray(),
                                x.dtype()));
            }
        }
    }

    /** The offsets of all indices along the axes where {@code which} has this value, the others at 0. */
    private static int[] offsets(Shape shape, boolean[] which, boolean value) {
        int[] offsets = {0};
        long[] strides = shape.strides();
        for (int axis = 0; axis < which.length; axis++) {
            if (which[axis] == value) {
                int size = Math.toIntExact(shape.size(axis));
                int[] longer = new int[Math.multiplyExact(offsets.length, size)];
                for (int i = 0; i < longer.length; i++) {
                    longer[i] = offsets[i / size] + (int) (i % size * strides[axis]);
                }
                offsets = longer;
            }
        }
        return offsets;
    }

    @Override
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        boolean[] reduced = reduced(in);
        if (reduced.length > 8) {
            return Optional.empty();
        }
        long mask = 0;
        for (int axis = 0; axis < reduced.length; axis++) {
            mask |= reduced[axis] ? 1L << axis : 0;
        }
        long outputs = out.get(0).shape().elements();
        long members = outputs == 0 ? 0 : in.shape(0).elements() / outputs;
        long chunks = outputs <= 64 ? Math.max(1, (members + CHUNK - 1) / CHUNK) : 1;
        return Optional.of(Launch.of(kernel(), in.dtype(0))
                .input(0)
                .output(0)
                .param(mask)
                .param(chunks)
                .scratch(Math.max(chunks > 1 ? chunks * outputs * Double.BYTES : 0, splitBytes(outputs, members))));
    }
}
