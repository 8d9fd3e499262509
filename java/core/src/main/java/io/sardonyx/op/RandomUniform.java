package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Values uniform from {@code low} to {@code high}. ONNX RandomUniform, opset 1 on; the generator is {@link Random}. */
public record RandomUniform(DType dtype, Shape shape, float low, float high, Optional<Float> seed)
        implements RandomOperator {
    static RandomUniform read(Attributes attributes) {
        return new RandomUniform(
                RandomOperator.floatType("RandomUniform", attributes.getType("dtype", DType.FLOAT32)),
                Shape.of(attributes.getInts("shape")),
                attributes.getFloat("low", 0),
                attributes.getFloat("high", 1),
                RandomOperator.seed(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return List.of(new TensorType(dtype, shape));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Random random = generator();
        for (int i = 0; i < out.get(0).size(); i++) {
            out.get(0).set(i, low + ((double) high - low) * random.nextDouble());
        }
    }
}
