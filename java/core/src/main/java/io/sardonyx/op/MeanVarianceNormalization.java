package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * {@code y = (x - mean) / (√variance + 1e-9)}, mean and variance over {@code axes}; ONNX MeanVarianceNormalization, opsets 9 and
 * 13. Accumulates in double.
 */
public record MeanVarianceNormalization(List<Long> axes) implements TensorOperator {
    static MeanVarianceNormalization read(Attributes attributes) {
        return new MeanVarianceNormalization(
                Arrays.stream(attributes.getInts("axes", 0, 2, 3)).boxed().toList());
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat()) {
            throw new IllegalArgumentException("MeanVarianceNormalization: expected a float type, given " + in.get(0));
        }
        axes.forEach(in.shape(0)::axis);
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        Shape shape = x.shape();
        long[] strides = shape.strides();
        long[] kept = shape.toArray();
        axes.forEach(axis -> kept[shape.axis(axis)] = 1);
        long[] keptStrides = Shape.of(kept).strides();
        int[] cell = new int[x.size()];
        for (int i = 0; i < cell.length; i++) {
            for (int a = 0; a < kept.length; a++) {
                cell[i] += kept[a] == 1 ? 0 : (int) (i / strides[a] % kept[a] * keptStrides[a]);
            }
        }
        int cells = x.size() == 0 ? 0 : (int) Shape.of(kept).elements();
        double count = cells == 0 ? 0 : x.size() / cells;
        double[] mean = new double[cells];
        double[] variance = new double[cells];
        for (int i = 0; i < cell.length; i++) {
            mean[cell[i]] += x.getDouble(i) / count;
        }
        for (int i = 0; i < cell.length; i++) {
            double distance = x.getDouble(i) - mean[cell[i]];
            variance[cell[i]] += distance * distance / count;
        }
        for (int i = 0; i < cell.length; i++) {
            out.get(0).set(i, (x.getDouble(i) - mean[cell[i]]) / (Math.sqrt(variance[cell[i]]) + 1e-9));
        }
    }
}
