package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * What {@link CumSum} and {@link CumProd} share. Input 1 is the axis, a scalar of int32 or int64. {@code reverse} goes from the
 * last element to the first; {@code exclusive} leaves each element's own value out.
 */
interface Cumulation extends TensorOperator {
    boolean exclusive();

    boolean reverse();

    /** The kernel's name without dtype. */
    String kernel();

    /** The result of no elements. */
    long neutral();

    double combine(double a, double b);

    long combine(long a, long b);

    private static long axis(HostTensor axis) {
        return axis.getLong(0);
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat() && !in.dtype(0).isInteger()) {
            throw new IllegalArgumentException(name() + ": expected numbers, given " + in.get(0));
        }
        if (!in.dtype(1).isInteger() || in.shape(1).elements() != 1) {
            throw new IllegalArgumentException(name() + ": axis: expected one integer, given " + in.get(1));
        }
        if (in.known(1)) {
            in.shape(0).axis(axis(in.value(1)));
        }
        return List.of(in.get(0));
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        AxisFold fold = AxisFold.of(x.shape(), axis(in.get(1)));
        for (int lane = 0; lane < fold.lanes(); lane++) {
            double real = neutral();
            long whole = neutral();
            for (int k = 0; k < fold.length(); k++) {
                int i = fold.start(lane) + (reverse() ? fold.length() - 1 - k : k) * fold.step();
                double realBefore = real;
                long wholeBefore = whole;
                if (x.dtype().isFloat()) {
                    real = combine(real, x.getDouble(i));
                    y.set(i, exclusive() ? realBefore : real);
                } else {
                    whole = combine(whole, x.getLong(i));
                    y.set(i, exclusive() ? wholeBefore : whole);
                }
            }
        }
    }

    @Override
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (!in.known(1) || in.shape(0).rank() > 8) {
            return Optional.empty();
        }
        return Optional.of(Launch.of(kernel(), in.dtype(0))
                .input(0)
                .output(0)
                .params(AxisFold.of(in.shape(0), axis(in.value(1))).toArray())
                .param(exclusive() ? 1 : 0)
                .param(reverse() ? 1 : 0)
                .inPlace(0));
    }
}
