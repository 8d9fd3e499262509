package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * {@code y = x}, or {@code alpha · x} for negative {@code x}. ONNX LeakyRelu, opsets 1 to 16.
 */
public record LeakyRelu(float alpha) implements Unary {
    static LeakyRelu read(Attributes attributes) {
        return new LeakyRelu(attributes.getFloat("alpha", 0.01f));
    }

    @Override
    public double apply(double x) {
        return x < 0 ? alpha * x : x;
    }

    @Override
    public String kernel() {
        return "leaky_relu";
    }

    @Override
    public void addParameters(Launch launch) {
        launch.param((double) alpha);
    }
}
