package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Values uniform from {@code low} to {@code high}, as many as the input has. ONNX RandomUniformLike, opset 1 on; see {@link
 * RandomUniform}.
 *
 * @param dtype absent for the input's
 */
public record RandomUniformLike(Optional<DType> dtype, float low, float high, Optional<Float> seed)
        implements RandomOperator {
    static RandomUniformLike read(Attributes attributes) {
        return new RandomUniformLike(
                attributes.ifPresent("dtype", a -> a.getType("dtype", DType.FLOAT32)),
                attributes.getFloat("low", 0),
                attributes.getFloat("high", 1),
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
        new RandomUniform(type.dtype(), type.shape(), low, high, seed).reference(in, out);
    }
}
