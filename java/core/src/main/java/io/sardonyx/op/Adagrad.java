package io.sardonyx.op;

/**
 * Adagrad: {@code g = G + normCoefficient · X}, {@code H' = H + g²}, {@code X' = X - r · g / (√H' + epsilon)}, with the learning
 * rate {@code r = R / (1 + T · decayFactor)}.
 *
 * <p>ai.onnx.preview.training Adagrad, version 1; inputs and outputs: {@link TrainingStep}.
 */
public record Adagrad(float decayFactor, float epsilon, float normCoefficient) implements TrainingStep {
    static Adagrad read(Attributes attributes) {
        return new Adagrad(
                attributes.getFloat("decay_factor", 0),
                attributes.getFloat("epsilon", 1e-6f),
                attributes.getFloat("norm_coefficient", 0));
    }

    @Override
    public int states() {
        return 1;
    }

    @Override
    public void update(double[] values, double rate, long step) {
        double g = values[1] + normCoefficient * values[0];
        values[2] += g * g;
        values[0] -= rate / (1 + step * (double) decayFactor) * g / (Math.sqrt(values[2]) + epsilon);
    }
}
