package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import java.util.Arrays;
import java.util.List;

/** {@code Π x} over some axes; ONNX ReduceProd, opsets 1 to 18. */
public record ReduceProd(List<Long> axes, boolean keepDims, boolean noopWithEmptyAxes) implements Reduction {
    static ReduceProd read(Attributes attributes) {
        return Reduction.read(attributes, ReduceProd::new);
    }

    @Override
    public String kernel() {
        return "reduce_prod";
    }

    @Override
    public double reduce(double[] values) {
        double product = 1;
        for (double v : values) {
            product *= v;
        }
        return product;
    }

    @Override
    public long reduce(long[] values, DType type) {
        return Arrays.stream(values).reduce(1, (a, b) -> a * b);
    }
}
