package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import java.util.OptionalLong;

/** The loss of log-probabilities against classes: see {@link ClassLoss}; ONNX NegativeLogLikelihoodLoss, opsets 12 to 22. */
public record NegativeLogLikelihoodLoss(String reduction, OptionalLong ignoreIndex) implements ClassLoss {
    static NegativeLogLikelihoodLoss read(Attributes attributes) {
        return ClassLoss.read(attributes, NegativeLogLikelihoodLoss::new);
    }

    @Override
    public double[] logProbabilities(HostTensor x) {
        return x.toDoubles();
    }
}
