package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import java.util.List;

/** The largest element over some axes, NaN if there is one; the least value of the type if there is none; ONNX ReduceMax, opsets 1 to 20. */
public record ReduceMax(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceMax read(Attributes attributes) {
        return Reduction.read(attributes, ReduceMax::new);
    }

    @Override
    public String kernel() {
        return "reduce_max";
    }

    @Override
    public boolean takesBool() {
        return true;
    }

    @Override
    public double reduce(double[] values) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double v : values) {
            largest = Math.max(largest, v);
        }
        return largest;
    }

    @Override
    public long reduce(long[] values, DType type) {
        long largest = type.kind() == DType.Kind.SIGNED ? -1L << type.bits() - 1 : 0;
        for (long v : values) {
            boolean larger = type.isUnsigned() ? Long.compareUnsigned(v, largest) > 0 : v > largest;
            largest = larger ? v : largest;
        }
        return largest;
    }
}
