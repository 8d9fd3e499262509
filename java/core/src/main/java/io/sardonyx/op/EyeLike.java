package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * A matrix of the input's shape with 1 where {@code column − row = diagonal} and 0 elsewhere, of the input's type unless another
 * is named. ONNX EyeLike, all opsets.
 */
public record EyeLike(Optional<DType> dtype, long diagonal) implements TensorOperator {
    static EyeLike read(Attributes attributes) {
        return new EyeLike(attributes.ifPresent("dtype", a -> a.getType("dtype", null)), attributes.getInt("k", 0));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        TensorType type = in.get(0).with(dtype.orElse(in.dtype(0)));
        if (type.shape().rank() != 2 || type.dtype() == DType.STRING) {
            throw new IllegalArgumentException("EyeLike: expected a matrix of numbers, given " + type);
        }
        return List.of(type);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        int columns = (int) y.shape().size(1);
        for (int i = 0; i < y.size(); i++) {
            y.set(i, i % columns - i / columns == diagonal ? 1L : 0L);
        }
    }

    @Override
    public boolean readsOnlyTypes() {
        return true;
    }
}
