package io.sardonyx.op;

/**
 * Gradient descent with momentum: {@code g = G + normCoefficient · X}, {@code V' = alpha · V + beta · g} (beta is 1 in step 0),
 * {@code X' = X - R · V'}, or {@code X' = X - R · (g + alpha · V')} with Nesterov's momentum.
 *
 * <p>ai.onnx.preview.training Momentum, version 1; inputs and outputs: {@link TrainingStep}.
 */
public record Momentum(float alpha, float beta, float normCoefficient, boolean nesterov) implements TrainingStep {
    static Momentum read(Attributes attributes) {
        String mode = attributes.getString("mode");
        if (!mode.equals("standard") && !mode.equals("nesterov")) {
            throw new IllegalArgumentException("Momentum: mode: expected standard or nesterov, given " + mode);
        }
        return new Momentum(
                attributes.getFloat("alpha"),
                attributes.getFloat("beta"),
                attributes.getFloat("norm_coefficient"),
                mode.equals("nesterov"));
    }

    @Override
    public int states() {
        return 1;
    }

    @Override
    public void update(double[] values, double rate, long step) {
        double g = values[1] + normCoefficient * values[0];
        values[2] = alpha * values[2] + (step > 0 ? beta : 1) * g;
        values[0] -= rate * (nesterov ? g + alpha * values[2] : values[2]);
    }
}
