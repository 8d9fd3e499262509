package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import java.util.Arrays;
import java.util.List;

/** {@code Σ x / n} over some axes; integers are truncated towards zero; ONNX ReduceMean, opsets 1 to 18. */
public record ReduceMean(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceMean read(Attributes attributes) {
        return Reduction.read(attributes, ReduceMean::new);
    }

    @Override
    public String kernel() {
        return "reduce_mean";
    }

    @Override
    public double reduce(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        return sum / values.length;
    }

    @Override
    public long reduce(long[] values, DType type) {
        if (values.length == 0) {
            throw new IllegalArgumentException("ReduceMean: there is no mean of no integers");
        }
        long sum = Arrays.stream(values).sum();
        return type.isUnsigned() ? Long.divideUnsigned(sum, values.length) : sum / values.length;
    }
}
