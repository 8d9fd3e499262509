package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import java.util.Arrays;
import java.util.List;

/** {@code Σ x} over some axes; ONNX ReduceSum, opsets 1 to 13. */
public record ReduceSum(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceSum read(Attributes attributes) {
        return Reduction.read(attributes, ReduceSum::new);
    }

    @Override
    public String kernel() {
        return "reduce_sum";
    }

    @Override
    public double reduce(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        return sum;
    }

    @Override
    public long reduce(long[] values, DType type) {
        return Arrays.stream(values).sum();
    }
}
