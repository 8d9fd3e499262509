package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Values from a normal distribution. ONNX RandomNormal, opset 1 on; the generator is {@link Random}. */
public record RandomNormal(DType dtype, Shape shape, float mean, float scale, Optional<Float> seed)
        implements RandomOperator {
    static RandomNormal read(Attributes attributes) {
        return new RandomNormal(
                RandomOperator.floatType("RandomNormal", attributes.getType("dtype", DType.FLOAT32)),
                Shape.of(attributes.getInts("shape")),
                attributes.getFloat("mean", 0),
                attributes.getFloat("scale", 1),
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
            out.get(0).set(i, mean + scale * random.nextGaussian());
        }
    }
}
