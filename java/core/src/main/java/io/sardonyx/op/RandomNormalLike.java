package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Values from a normal distribution, as many as the input has. ONNX RandomNormalLike, opset 1 on; see {@link RandomNormal}.
 *
 * @param dtype absent for the input's
 */
public record RandomNormalLike(Optional<DType> dtype, float mean, float scale, Optional<Float> seed)
        implements RandomOperator {
    static RandomNormalLike read(Attributes attributes) {
        return new RandomNormalLike(
                attributes.ifPresent("dtype", a -> a.getType("dtype", DType.FLOAT32)),
                attributes.getFloat("mean", 0),
                attributes.getFloat("scale", 1),
                RandomOperator.seed(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        DType type = RandomOperator.floatType(name(), dtype.orElse(in.dtype(0)));
        return List.of(in.get(0).with(type));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        TensorType type = out.get(0).type();
        new RandomNormal(type.dtype(), type.shape(), mean, scale, seed).reference(in, out);
    }
}
