package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.OptionalLong;

/**
 * The loss of {@code LogSoftmax(x, axis 1)} against classes: see {@link ClassLoss}; output 1, optional, is that logarithm. ONNX
 * SoftmaxCrossEntropyLoss, opsets 12 and 13.
 */
public record SoftmaxCrossEntropyLoss(String reduction, OptionalLong ignoreIndex) implements ClassLoss {
    static SoftmaxCrossEntropyLoss read(Attributes attributes) {
        return ClassLoss.read(attributes, SoftmaxCrossEntropyLoss::new);
    }

    @Override
    public double[] logProbabilities(HostTensor x) {
        HostTensor y = HostTensor.allocate(new TensorType(DType.FLOAT64, x.shape()));
        new LogSoftmax(1, false).reference(Inputs.of(x), List.of(y));
        return y.toDoubles();
    }
}
