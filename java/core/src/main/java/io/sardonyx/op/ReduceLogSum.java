package io.sardonyx.op;

import java.util.List;

/** {@code ln Σ x} over some axes; ONNX ReduceLogSum, opsets 1 to 18. */
public record ReduceLogSum(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceLogSum read(Attributes attributes) {
        return Reduction.read(attributes, ReduceLogSum::new);
    }

    @Override
    public String kernel() {
        return "reduce_log_sum";
    }

    @Override
    public double reduce(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        return Math.log(sum);
    }
}
