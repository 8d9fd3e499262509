package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** 1 where x is greater than {@code threshold}, else 0, in x's type. ai.onnx.ml Binarizer, version 1 on. */
public record Binarizer(float threshold) implements TensorOperator {
    static Binarizer read(Attributes attributes) {
        return new Binarizer(attributes.getFloat("threshold", 0));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat() && !in.dtype(0).isInteger()) {
            throw new IllegalArgumentException("Binarizer: expected numbers, given " + in.get(0));
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        for (int i = 0; i < in.get(0).size(); i++) {
            out.get(0).set(i, in.get(0).getDouble(i) > threshold ? 1L : 0L);
        }
    }
}
