package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import java.util.Arrays;
import java.util.List;

/** {@code Σ x²} over some axes; ONNX ReduceSumSquare, opsets 1 to 18. */
public record ReduceSumSquare(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceSumSquare read(Attributes attributes) {
        return Reduction.read(attributes, ReduceSumSquare::new);
    }

    @Override
    public String kernel() {
        return "reduce_sum_square";
    }

    @Override
    public double reduce(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v * v;
        }
        return sum;
    }

    @Override
    public long reduce(long[] values, DType type) {
        return Arrays.stream(values).map(v -> v * v).sum();
    }
}
