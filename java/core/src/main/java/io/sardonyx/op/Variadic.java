package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** {@code y = f(… f(f(x0, x1), x2) …)}, element by element, over one or more operands of one type that broadcast. */
interface Variadic extends TensorOperator {
    double apply(double a, double b);

    /** f on integers; unsigned 64-bit ones come as their bits. */
    long apply(long a, long b, DType type);

    /** What remains to be done once {@code count} floats are combined. */
    default double finish(double combined, int count) {
        return combined;
    }

    /** The kernel's key without its type; it takes any number of operands, the result last. */
    String kernel();

    default Domain domain() {
        return Domain.NUMBERS;
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        return List.of(Broadcast.type(name(), domain(), in));
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        IntUnaryOperator[] positions = new IntUnaryOperator[in.size()];
        for (int n = 0; n < positions.length; n++) {
            positions[n] = Broadcast.positions(in.get(n).shape(), y.shape());
        }
        for (int i = 0; i < y.size(); i++) {
            if (y.dtype().isFloat()) {
                double combined = in.get(0).getDouble(positions[0].applyAsInt(i));
                for (int n = 1; n < positions.length; n++) {
                    combined = apply(combined, in.get(n).getDouble(positions[n].applyAsInt(i)));
                }
                y.set(i, finish(combined, positions.length));
            } else {
                long combined = in.get(0).getLong(positions[0].applyAsInt(i));
                for (int n = 1; n < positions.length; n++) {
                    combined = apply(combined, in.get(n).getLong(positions[n].applyAsInt(i)), y.dtype());
                }
                y.set(i, combined);
            }
        }
    }

    @Override
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (out.get(0).shape().rank() > 8) {
            return Optional.empty();
        }
        Launch launch = Launch.of(kernel(), in.dtype(0));
        for (int n = 0; n < in.size(); n++) {
            launch.input(n);
        }
        launch.output(0).param(0);
        // With three operands and more the result is written before the last ones are read.
        if (in.size() <= 2) {
            for (int n = in.size() - 1; n >= 0; n--) {
                if (in.get(n).equals(out.get(0))) {
                    launch.inPlace(n);
                }
            }
        }
        return Optional.of(launch);
    }

    @Override
    default boolean elementwise() {
        return true;
    }
}
