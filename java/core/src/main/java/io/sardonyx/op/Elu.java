package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * {@code y = x}, or {@code alpha · (exp(x) - 1)} for negative {@code x}. ONNX Elu, opsets 1 to 22.
 */
public record Elu(float alpha) implements Unary {
    static Elu read(Attributes attributes) {
        return new Elu(attributes.getFloat("alpha", 1f));
    }

    @Override
    public double apply(double x) {
        return x < 0 ? alpha * Math.expm1(x) : x;
    }

    @Override
    public String kernel() {
        return "elu";
    }

    @Override
    public void addParameters(Launch launch) {
        launch.param((double) alpha);
    }
}
