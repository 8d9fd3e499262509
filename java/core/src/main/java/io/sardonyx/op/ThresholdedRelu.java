package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * {@code y = x} where {@code x > alpha}, elsewhere 0. ONNX ThresholdedRelu, opsets 10 to 22.
 */
public record ThresholdedRelu(float alpha) implements Unary {
    static ThresholdedRelu read(Attributes attributes) {
        return new ThresholdedRelu(attributes.getFloat("alpha", 1f));
    }

    @Override
    public double apply(double x) {
        return x > alpha ? x : 0;
    }

    @Override
    public String kernel() {
        return "thresholded_relu";
    }

    @Override
    public void addParameters(Launch launch) {
        launch.param((double) alpha);
    }
}
