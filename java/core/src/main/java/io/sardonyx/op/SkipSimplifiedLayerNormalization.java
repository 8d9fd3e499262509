package io.sardonyx.op;

/**
 * {@code y = s / √(Σ s² / n + epsilon) · gamma} over the last axis, with {@code s = x + skip + bias}; inputs x, skip, gamma, bias?;
 * outputs y and, all optional, the mean (0), {@code 1 / √(Σ s² / n + epsilon)} and {@code s}.
 *
 * <p>com.microsoft SkipSimplifiedLayerNormalization, version 1.
 */
public record SkipSimplifiedLayerNormalization(float epsilon) implements LayerNormalizing {
    static SkipSimplifiedLayerNormalization read(Attributes attributes) {
        return new SkipSimplifiedLayerNormalization(attributes.getFloat("epsilon", 1e-12f));
    }

    @Override
    public Parts parts() {
        return new Parts(1, 3, 2, NONE, 1, 2, 3);
    }

    @Override
    public long axis() {
        return -1;
    }

    @Override
    public boolean centred() {
        return false;
    }
}
