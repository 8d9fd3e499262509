package io.sardonyx.op;

import java.util.List;

/** {@code ln Σ exp(x)} over some axes, computed as {@code max + ln Σ exp(x - max)}; ONNX ReduceLogSumExp, opsets 1 to 18. */
public record ReduceLogSumExp(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceLogSumExp read(Attributes attributes) {
        return Reduction.read(attributes, ReduceLogSumExp::new);
    }

    @Override
    public String kernel() {
        return "reduce_log_sum_exp";
    }

    @Override
    public double reduce(double[] values) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double v : values) {
            largest = Math.max(largest, v);
        }
        double shift = Double.isFinite(largest) ? largest : 0;
        double sum = 0;
        for (double v : values) {
            sum += Math.exp(v - shift);
        }
        return shift + Math.log(sum);
    }
}
