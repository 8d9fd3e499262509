package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * {@code y = max(0, min(1, alpha · x + beta))}. ONNX HardSigmoid, opsets 1 to 22.
 */
public record HardSigmoid(float alpha, float beta) implements Unary {
    static HardSigmoid read(Attributes attributes) {
        return new HardSigmoid(attributes.getFloat("alpha", 0.2f), attributes.getFloat("beta", 0.5f));
    }

    @Override
    public double apply(double x) {
        return Math.max(0, Math.min(1, alpha * x + beta));
    }

    @Override
    public String kernel() {
        return "hard_sigmoid";
    }

    @Override
    public void addParameters(Launch launch) {
        launch.param((double) alpha).param((double) beta);
    }
}
