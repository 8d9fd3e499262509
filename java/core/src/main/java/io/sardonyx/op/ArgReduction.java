package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * What {@link ArgMax} and {@link ArgMin} share: {@code y} is the int64 index along {@code axis} of the extreme element. Among
 * equals the first wins, or the last if {@code selectLastIndex} (opset 12). As in NumPy, NaN wins against every number.
 */
interface ArgReduction extends TensorOperator {
    long axis();

    boolean keepDims();

    boolean selectLastIndex();

    /** The kernel's name without dtype. */
    String kernel();

    /** Whether {@code order}, the sign of comparing a number with the best so far, makes it the better one. */
    boolean better(int order);

    /** Makes the record of a member. */
    interface Constructor<R> {
        R of(long axis, boolean keepDims, boolean selectLastIndex);
    }

    static <R> R read(Attributes attributes, Constructor<R> constructor) {
        return constructor.of(
                attributes.getInt("axis", 0),
                attributes.getFlag("keepdims", true),
                attributes.getFlag("select_last_index", false));
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat() && !in.dtype(0).isInteger()) {
            throw new IllegalArgumentException(name() + ": expected numbers, given " + in.get(0));
        }
        Shape shape = in.shape(0);
        int axis = shape.axis(axis());
        if (shape.size(axis) == 0) {
            throw new IllegalArgumentException(name() + ": axis " + axis + " of " + shape + " has no elements");
        }
        Shape result =
                keepDims() ? shape.with(axis, 1) : shape.slice(0, axis).concat(shape.slice(axis + 1, shape.rank()));
        return List.of(new TensorType(DType.INT64, result));
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        AxisFold fold = AxisFold.of(x.shape(), axis());
        for (int lane = 0; lane < fold.lanes(); lane++) {
            int start = fold.start(lane);
            int best = 0;
            for (int i = 1; i < fold.length(); i++) {
                int order = Ordering.compare(x, start + i * fold.step(), start + best * fold.step());
                boolean nan = Double.isNaN(x.getDouble(start + i * fold.step()))
                        || Double.isNaN(x.getDouble(start + best * fold.step()));
                if (order == 0 ? selectLastIndex() : nan ? order > 0 : better(order)) {
                    best = i;
                }
            }
            out.get(0).set(lane, (long) best);
        }
    }

    @Override
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (in.shape(0).rank() > 8) {
            return Optional.empty();
        }
        AxisFold fold = AxisFold.of(in.shape(0), axis());
        return Optional.of(Launch.of(kernel(), in.dtype(0))
                .input(0)
                .output(0)
                .params(fold.toArray())
                .param(selectLastIndex() ? 1 : 0)
                .scratch(Reduction.splitBytes(fold.outer() * fold.inner(), fold.n())));
    }
}
