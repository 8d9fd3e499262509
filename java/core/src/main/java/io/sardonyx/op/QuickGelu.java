package io.sardonyx.op;

import io.sardonyx.device.Launch;

/**
 * {@code y = x / (1 + exp(-alpha · x))}: {@link Swish} with another default. QuickGelu of com.microsoft.
 */
public record QuickGelu(float alpha) implements Unary {
    static QuickGelu read(Attributes attributes) {
        return new QuickGelu(attributes.getFloat("alpha", 1.702f));
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
