package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** {@link Cast} to the element type of the second input, whose elements are not read. ONNX CastLike, opsets 15 to 25. */
public record CastLike(boolean saturate, Cast.Rounding rounding) implements TensorOperator {
    static CastLike read(Attributes attributes) {
        return new CastLike(attributes.getFlag("saturate", true), Cast.rounding(attributes));
    }

    private Cast cast(TensorType like) {
        return new Cast(like.dtype(), saturate, rounding);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return cast(in.get(1)).infer(in);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        cast(in.get(1).type()).reference(in, out);
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return cast(in.get(1)).launch(in, out);
    }
}
