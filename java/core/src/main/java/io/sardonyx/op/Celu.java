package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * {@code y = max(0, x) + min(0, alpha · (exp(x / alpha) - 1))}. ONNX Celu, opsets 12 to 28.
 */
public record Celu(float alpha) implements Unary {
    static Celu read(Attributes attributes) {
        return new Celu(attributes.getFloat("alpha", 1f));
    }

    @Override
    public double apply(double x) {
        return Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
    }

    @Override
    public String kernel() {
        return "celu";
    }

    @Override
    public void addParameters(Launch launch) {
        launch.param((double) alpha);
    }
}
