package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * 1 with the probability that the input gives, in [0, 1], else 0. ONNX Bernoulli, opset 15 on; the generator is {@link Random}.
 *
 * @param dtype absent for the input's
 */
public record Bernoulli(Optional<DType> dtype, Optional<Float> seed) implements RandomOperator {
    static Bernoulli read(Attributes attributes) {
        return new Bernoulli(
                attributes.ifPresent("dtype", a -> a.getType("dtype", DType.FLOAT32)), RandomOperator.seed(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        RandomOperator.floatType(name(), in.dtype(0));
        return List.of(in.get(0).with(dtype.orElse(in.dtype(0))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Random random = generator();
        for (int i = 0; i < out.get(0).size(); i++) {
            double p = in.get(0).getDouble(i);
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("Bernoulli: probability " + p + " is outside [0, 1]");
            }
            out.get(0).set(i, random.nextDouble() < p ? 1L : 0L);
        }
    }
}
