package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import java.util.List;

/** The least element over some axes, NaN if there is one; the largest value of the type if there is none; ONNX ReduceMin, opsets 1 to 20. */
public record ReduceMin(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceMin read(Attributes attributes) {
        return Reduction.read(attributes, ReduceMin::new);
    }

    @Override
    public String kernel() {
        return "reduce_min";
    }

    @Override
    public boolean takesBool() {
        return true;
    }

    @Override
    public double reduce(double[] values) {
        double least = Double.POSITIVE_INFINITY;
        for (double v : values) {
            least = Math.min(least, v);
        }
        return least;
    }

    @Override
    public long reduce(long[] values, DType type) {
        long least =
                switch (type.kind()) {
                    case SIGNED -> ~(-1L << type.bits() - 1);
                    case UNSIGNED -> -1L >>> 64 - type.bits();
                    default -> 1;
                };
        for (long v : values) {
            boolean less = type.isUnsigned() ? Long.compareUnsigned(v, least) < 0 : v < least;
            least = less ? v : least;
        }
        return least;
    }
}
