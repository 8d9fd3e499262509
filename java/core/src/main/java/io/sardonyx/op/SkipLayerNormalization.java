package io.sardonyx.op;

/**
 * {@code y = LayerNormalization(x + skip + bias) · gamma + beta} over the last axis; inputs x, skip, gamma, beta?, bias?; outputs
 * y and, all optional, mean, {@code 1 / √(variance + epsilon)} and the sum {@code x + skip + bias}.
 *
 * <p>com.microsoft SkipLayerNormalization, version 1. The skip may be {@code [S, H]} or {@code [1, S, H]} for an x of
 * {@code [B, S, H]}. Accumulation: see {@link LayerNormalizing}.
 */
public record SkipLayerNormalization(float epsilon) implements LayerNormalizing {
    static SkipLayerNormalization read(Attributes attributes) {
        return new SkipLayerNormalization(attributes.getFloat("epsilon", 1e-12f));
    }

    @Override
    public Parts parts() {
        return new Parts(1, 4, 2, 3, 1, 2, 3);
    }

    @Override
    public long axis() {
        return -1;
    }

    @Override
    public boolean centred() {
        return true;
    }
}
