package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import java.util.Arrays;
import java.util.List;

/** {@code Σ |x|} over some axes; ONNX ReduceL1, opsets 1 to 18. */
public record ReduceL1(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceL1 read(Attributes attributes) {
        return Reduction.read(attributes, ReduceL1::new);
    }

    @Override
    public String kernel() {
        return "reduce_l1";
    }

    @Override
    public double reduce(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += Math.abs(v);
        }
        return sum;
    }

    @Override
    public long reduce(long[] values, DType type) {
        return Arrays.stream(values)
                .map(v -> type.isUnsigned() ? v : Math.abs(v))
                .sum();
    }
}
