package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** The number of the input's elements, an int64 scalar. ONNX Size, all opsets. */
public record Size() implements TensorOperator {
    static Size read(Attributes attributes) {
        return new Size();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        in.get(0);
        return List.of(TensorType.of(DType.INT64));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        out.get(0).set(0, in.get(0).shape().elements());
    }

    @Override
    public boolean readsOnlyTypes() {
        return true;
    }
}
