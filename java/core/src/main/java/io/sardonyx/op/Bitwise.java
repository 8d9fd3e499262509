package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;

/** Binary operators on the bits of integers, or on bool, which is one bit. */
interface Bitwise extends Binary {
    long apply(long a, long b);

    @Override
    default void apply(HostTensor a, int i, HostTensor b, int j, HostTensor c, int k) {
        c.set(k, apply(a.getLong(i), b.getLong(j)));
    }
}
