package io.sardonyx.op;

import io.sardonyx.tensor.TensorType;
import java.util.List;

/** {@code y = x}. ONNX Identity, all opsets, for tensors. */
public record Identity() implements SameBytes {
    static Identity read(Attributes attributes) {
        return new Identity();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return List.of(in.get(0));
    }
}
