package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

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

    /** Where the reduced axes are neighbours. */
    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape shape = in.shape(0);
        boolean[] reduced = reduced(in);
        int from = 0;
        while (from < reduced.length && !reduced[from]) {
            from++;
        }
        int to = from;
        while (to < reduced.length && reduced[to]) {
            to++;
        }
        boolean again = false;
        for (int axis = to; axis < reduced.length; axis++) {
            again |= reduced[axis];
        }
        if (again || reduced.length > 8) {
            return Optional.empty();
        }
        long outer = shape.elements(0, from);
        long n = shape.elements(from, to);
        long inner = shape.elements(to, reduced.length);
        return Optional.of(Launch.of(kernel(), in.dtype(0))
                .input(0)
                .output(0)
                .params(outer, n, inner)
                .scratch(Reduction.splitBytes(outer * inner, n)));
    }
}
