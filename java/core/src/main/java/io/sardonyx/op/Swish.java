package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * {@code y = x / (1 + exp(-alpha · x))}. ONNX Swish, opset 24.
 */
public record Swish(float alpha) implements Unary {
    static Swish read(Attributes attributes) {
        return new Swish(attributes.getFloat("alpha", 1f));
    }

    @Override
    public double apply(double x) {
        return x / (1 + Math.exp(-alpha * x));
    }

    @Override
    public String kernel() {
        return "swish";
    }

    @Override
    public void addParameters(Launch launch) {
        launch.param((double) alpha);
    }
}
