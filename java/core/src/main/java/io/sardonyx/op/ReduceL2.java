package io.sardonyx.op;

import java.util.List;

/** {@code √Σ x²} over some axes; ONNX ReduceL2, opsets 1 to 18. */
public record ReduceL2(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceL2 read(Attributes attributes) {
        return Reduction.read(attributes, ReduceL2::new);
    }

    @Override
    public String kernel() {
        return "reduce_l2";
    }

    @Override
    public double reduce(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v * v;
        }
        return Math.sqrt(sum);
    }
}
