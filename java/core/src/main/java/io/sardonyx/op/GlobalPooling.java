package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** An operator that reduces every channel to one number: X is [N, C, spatial axes], Y is [N, C, 1, …]. */
interface GlobalPooling extends TensorOperator {
    /** The reduction of elements {@code [from, to)}. */
    double reduce(double[] x, int from, int to);

    @Override
    default List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (!in.dtype(0).isFloat() || x.rank() < 2) {
            throw new IllegalArgumentException(
                    name() + ": expected a float tensor [batch, channels, spatial axes], given " + in.get(0));
        }
        long[] ones = new long[x.rank() - 2];
        Arrays.fill(ones, 1);
        return List.of(in.get(0).with(x.slice(0, 2).concat(Shape.of(ones))));
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        double[] x = in.get(0).toDoubles();
        Shape shape = in.get(0).shape();
        int plane = (int) shape.elements(2, shape.rank());
        for (int i = 0; i < out.get(0).size(); i++) {
            out.get(0).set(i, reduce(x, i * plane, (i + 1) * plane));
        }
    }

    /** A launch of the reduction kernel {@code key} over the spatial axes. */
    default Optional<Launch> reduction(String key, InputTypes in) {
        int rank = in.shape(0).rank();
        return Optional.of(Launch.of(key, in.dtype(0))
                        .input(0)
                        .output(0)
                        .param((1L << rank) - 4)
                        .param(1L))
                .filter(launch -> rank <= 8);
    }
}
