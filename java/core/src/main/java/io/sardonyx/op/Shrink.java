package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * {@code y = x + bias} where {@code x < -lambd}, {@code x - bias} where {@code x > lambd}, elsewhere 0. ONNX Shrink, opset 9.
 */
public record Shrink(float bias, float lambd) implements Unary {
    static Shrink read(Attributes attributes) {
        return new Shrink(attributes.getFloat("bias", 0f), attributes.getFloat("lambd", 0.5f));
    }

    @Override
    public double apply(double x) {
        return x < -lambd ? x + bias : x > lambd ? x - bias : 0;
    }

    @Override
    public String kernel() {
        return "shrink";
    }

    @Override
    public void addParameters(Launch launch) {
        launch.param((double) bias).param((double) lambd);
    }

    @Override
    public Domain domain() {
        return Domain.NUMBERS;
    }
}
