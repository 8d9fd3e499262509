package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;

/** Binary operators on numbers: floats in double and rounded once, integers exact and then wrapped to their width. */
interface Arithmetic extends Binary {
    double apply(double a, double b);

    /** f on integers; unsigned 64-bit ones come as their bits. */
    long apply(long a, long b, DType type);

    @Override
    default Domain domain() {
        return Domain.NUMBERS;
    }

    @Override
    default void apply(HostTensor a, int i, HostTensor b, int j, HostTensor c, int k) {
        if (a.dtype().isFloat()) {
            c.set(k, apply(a.getDouble(i), b.getDouble(j)));
        } else {
            c.set(k, apply(a.getLong(i), b.getLong(j), a.dtype()));
        }
    }
}
