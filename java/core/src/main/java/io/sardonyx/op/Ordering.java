package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;

/** The total order of a tensor's elements that sorting operators use: as numbers, with NaN behind everything and 0 = −0. */
final class Ordering {
    private Ordering() {}

    /** Negative, zero or positive, as element {@code i} is less than, equal to or greater than element {@code j}. */
    static int compare(HostTensor t, int i, int j) {
        return switch (t.dtype().kind()) {
            case FLOAT -> {
                double a = t.getDouble(i);
                double b = t.getDouble(j);
                yield a == b ? 0 : Double.compare(a, b);
            }
            case UNSIGNED -> Long.compareUnsigned(t.getLong(i), t.getLong(j));
            case SIGNED, BOOL -> Long.compare(t.getLong(i), t.getLong(j));
            case STRING -> t.getString(i).compareTo(t.getString(j));
            case COMPLEX -> throw new IllegalArgumentException("complex numbers have no order");
        };
    }
}
