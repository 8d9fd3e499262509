package io.sardonyx.op;

/**
 * Adam: {@code g = G + normCoefficient · X}, {@code V' = alpha · V + (1 - alpha) · g}, {@code H' = beta · H + (1 - beta) · g²},
 * {@code X' = (1 - normCoefficientPost) · (X - r · V' / (√H' + epsilon))}, with the learning rate
 * {@code r = R · √(1 - betaᵀ) / (1 - alphaᵀ)}, or R in step 0.
 *
 * <p>ai.onnx.preview.training Adam, version 1; inputs and outputs: {@link TrainingStep}.
 */
public record Adam(float alpha, float beta, float epsilon, float normCoefficient, float normCoefficientPost)
        implements TrainingStep {
    static Adam read(Attributes attributes) {
        return new Adam(
                attributes.getFloat("alpha", 0.9f),
                attributes.getFloat("beta", 0.999f),
                attributes.getFloat("epsilon", 1e-6f),
                attributes.getFloat("norm_coefficient", 0),
                attributes.getFloat("norm_coefficient_post", 0));
    }

    @Override
    public int states() {
        return 2;
    }

    @Override
    public void update(double[] values, double rate, long step) {
        double g = values[1] + normCoefficient * values[0];
        values[2] = alpha * values[2] + (1.0 - alpha) * g;
        values[3] = beta * values[3] + (1.0 - beta) * g * g;
        double r = step > 0 ? rate * Math.sqrt(1 - Math.pow(beta, step)) / (1 - Math.pow(alpha, step)) : rate;
        values[0] = (1.0 - normCoefficientPost) * (values[0] - r * values[2] / (Math.sqrt(values[3]) + epsilon));
    }
}
