package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * {@code y[i] = a + b · cos(2πi / n) + c · cos(4πi / n)} for i from 0 to size − 1, with {@code n = size} ({@code periodic}) or
 * {@code size - 1}; the symmetric window of size 1 is 1. Input 0 is the size, a scalar.
 */
interface CosineWindow extends TensorOperator {
    DType type();

    boolean periodic();

    /** a, b and c. */
    double[] coefficients();

    /** Makes the record of a member. */
    interface Constructor<R> {
        R of(DType type, boolean periodic);
    }

    static <R> R read(Attributes attributes, Constructor<R> constructor) {
        return constructor.of(
                attributes.getType("output_datatype", DType.FLOAT32), attributes.getFlag("periodic", true));
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isInteger() || in.shape(0).elements() != 1) {
            throw new IllegalArgumentException(name() + ": size: expected one integer, given " + in.get(0));
        }
        if (!type().isFloat() && !type().isInteger()) {
            throw new IllegalArgumentException(name() + ": output_datatype: expected numbers, given " + type());
        }
        long size = in.value(0).getLong(0);
        if (size < 0) {
            throw new IllegalArgumentException(name() + ": size: expected 0 or more, given " + size);
        }
        return List.of(new TensorType(type(), Shape.of(size)));
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        int n = periodic() ? y.size() : y.size() - 1;
        double[] c = coefficients();
        for (int i = 0; i < y.size(); i++) {
            double angle = 2 * Math.PI * i / n;
            y.set(i, n == 0 ? 1 : c[0] + c[1] * Math.cos(angle) + c[2] * Math.cos(2 * angle));
        }
    }
}
