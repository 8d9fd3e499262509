package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Activation;
import io.sardonyx.op.Clip;
import io.sardonyx.op.Gelu;
import io.sardonyx.op.HardSigmoid;
import io.sardonyx.op.HardSwish;
import io.sardonyx.op.LeakyRelu;
import io.sardonyx.op.Mish;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Relu;
import io.sardonyx.op.Sigmoid;
import io.sardonyx.op.Swish;
import io.sardonyx.op.Tanh;
import java.util.Optional;

/** Which nodes are activations that a fused operator can apply itself. */
final class Activations {
    private Activations() {}

    static Optional<Activation> of(Node node) {
        Operator operator = node.operator();
        if (operator instanceof Relu) {
            return Optional.of(Activation.RELU);
        } else if (operator instanceof Sigmoid) {
            return Optional.of(Activation.SIGMOID);
        } else if (operator instanceof Tanh) {
            return Optional.of(Activation.TANH);
        } else if (operator instanceof HardSwish) {
            return Optional.of(Activation.HARD_SWISH);
        } else if (operator instanceof Swish swish && swish.alpha() == 1) {
            return Optional.of(Activation.SILU);
        } else if (operator instanceof LeakyRelu leaky) {
            return Optional.of(Activation.leakyRelu(leaky.alpha()));
        } else if (operator instanceof HardSigmoid hard) {
            return Optional.of(Activation.hardSigmoid(hard.alpha(), hard.beta()));
        } else if (operator instanceof Gelu gelu) {
            return Optional.of(gelu.tanh() ? Activation.GELU_TANH : Activation.GELU);
        } else if (operator instanceof Mish) {
            return Optional.of(Activation.MISH);
        } else if (operator instanceof Clip clip && !node.hasInput(1) && !node.hasInput(2)) {
            return Optional.of(Activation.clip((float) clip.lowest(), (float) clip.highest()));
        }
        return Optional.empty();
    }
}
