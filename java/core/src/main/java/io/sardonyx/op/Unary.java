package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** {@code y[i] = f(x[i])}: a member gives f and the name of its kernel. Floats are computed in double and rounded once. */
interface Unary extends TensorOperator {
    /** f on floating-point numbers. */
    double apply(double x);

    /** f on integers and bool; unsigned 64-bit ones come as their bits, and the result is wrapped to {@code type}. */
    default long apply(long x, DType type) {
        return (long) apply((double) x);
    }

    /** The kernel's key without its type. */
    String kernel();

    /** Appends the attributes in the order of the kernel's functor. */
    default void addParameters(Launch launch) {}

    default Domain domain() {
        return Domain.FLOATS;
    }

    default DType result(DType operand) {
        return operand;
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        TensorType x = in.get(0);
        domain().require(name(), x);
        DType result = result(x.dtype());
        return List.of(result == x.dtype() ? x : x.with(result));
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        if (x.dtype().isFloat()) {
            for (int i = 0; i < x.size(); i++) {
                y.set(i, apply(x.getDouble(i)));
            }
        } else {
            for (int i = 0; i < x.size(); i++) {
                y.set(i, apply(x.getLong(i), x.dtype()));
            }
        }
    }

    @Override
    default Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (in.shape(0).rank() > 8) {
            return Optional.empty();
        }
        Launch launch = Launch.of(kernel(), in.dtype(0)).input(0).output(0);
        addParameters(launch);
        return Optional.of(result(in.dtype(0)) == in.dtype(0) ? launch.inPlace(0) : launch);
    }

    @Override
    default boolean elementwise() {
        return true;
    }
}
