package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Classes drawn by chance: x [batch, classes] holds logarithms of probabilities, up to a constant for each row; y [batch,
 * samples] holds indices of classes, int32 or int64. ONNX Multinomial, opset 7 on; the generator is {@link Random}.
 */
public record Multinomial(DType dtype, long samples, Optional<Float> seed) implements RandomOperator {
    static Multinomial read(Attributes attributes) {
        return new Multinomial(
                attributes.getType("dtype", DType.INT32),
                attributes.getInt("sample_size", 1),
                RandomOperator.seed(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (!in.dtype(0).isFloat()
                || x.rank() != 2
                || x.size(1) == 0
                || !(dtype == DType.INT32 || dtype == DType.INT64)) {
            throw new IllegalArgumentException("Multinomial: expected float [batch, classes] to int32 or int64, given "
                    + in.get(0) + " to " + dtype);
        }
        return List.of(new TensorType(dtype, x.with(1, samples)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Random random = generator();
        int classes = (int) in.get(0).shape().size(1);
        double[] x = in.get(0).toDoubles();
        double[] p = new double[classes];
        for (int i = 0; i < out.get(0).size(); i++) {
            int row = i / (int) samples;
            if (i % samples == 0) {
                AttentionCore.softmax(java.util.Arrays.copyOfRange(x, row * classes, (row + 1) * classes), p);
            }
            double rest = random.nextDouble();
            int drawn = 0;
            while (drawn < classes - 1 && rest >= p[drawn]) {
                rest -= p[drawn++];
            }
            out.get(0).set(i, (long) drawn);
        }
    }
}
