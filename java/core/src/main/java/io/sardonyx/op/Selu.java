package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * {@code y = gamma · x}, or {@code gamma · alpha · (exp(x) - 1)} where {@code x} is not positive. ONNX Selu, opsets 1 to 22; opset 1
 * has shorter default constants.
 */
public record Selu(float alpha, float gamma) implements Unary {
    static Selu read(Attributes attributes) {
        boolean rounded = attributes.opset() < 6;
        return new Selu(
                attributes.getFloat("alpha", rounded ? 1.6732f : 1.6732632f),
                attributes.getFloat("gamma", rounded ? 1.0507f : 1.050701f));
    }

    @Override
    public double apply(double x) {
        return gamma * (x > 0 ? x : alpha * Math.expm1(x));
    }

    @Override
    public String kernel() {
        return "selu";
    }

    @Override
    public void addParameters(Launch launch) {
        launch.param((double) alpha).param((double) gamma);
    }
}
