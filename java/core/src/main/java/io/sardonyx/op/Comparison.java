package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;

/** Binary operators from two numbers to a bool that depends on their order alone. With a NaN they are all false. */
interface Comparison extends Binary {
    /** Whether this holds for operands of which the first is smaller (negative), equal (0) or larger (positive). */
    boolean holds(int order);

    @Override
    default Domain domain() {
        return Domain.NUMBERS;
    }

    @Override
    default DType result(DType operand) {
        return DType.BOOL;
    }

    @Override
    default void apply(HostTensor a, int i, HostTensor b, int j, HostTensor c, int k) {
        boolean result;
        if (a.dtype().isFloat()) {
            double x = a.getDouble(i);
            double y = b.getDouble(j);
            // Not Double.compare, to which -0 is less than 0 and NaN equals itself.
            result = x < y && holds(-1) || x == y && holds(0) || x > y && holds(1);
        } else if (a.dtype() == DType.STRING) {
            result = holds(a.getString(i).compareTo(b.getString(j)));
        } else if (a.dtype() == DType.UINT64) {
            result = holds(Long.compareUnsigned(a.getLong(i), b.getLong(j)));
        } else {
            result = holds(Long.compare(a.getLong(i), b.getLong(j)));
        }
        c.set(k, result ? 1L : 0L);
    }
}
