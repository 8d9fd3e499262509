package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

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
}
