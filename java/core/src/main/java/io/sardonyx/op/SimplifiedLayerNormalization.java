package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * RMS normalisation as ONNX Runtime's optimizer writes it: {@code y = x / √(Σ x² / n + epsilon) · scale} over the axes from
 * {@code axis} on; output 1, of type {@code stash}, is {@code 1 / √(Σ x² / n + epsilon)} of each row. Found in the domains
 * {@code ""} and {@code com.microsoft}.
 */
public record SimplifiedLayerNormalization(long axis, float epsilon, DType stash) implements LayerNormalizing {
    static SimplifiedLayerNormalization read(Attributes attributes) {
        return new SimplifiedLayerNormalization(
                attributes.getInt("axis", -1),
                attributes.getFloat("epsilon", 1e-5f),
                attributes.getType("stash_type", DType.FLOAT32));
    }

    @Override
    public Parts parts() {
        return new Parts(NONE, NONE, 1, NONE, NONE, 1, NONE);
    }

    @Override
    public boolean centred() {
        return false;
    }
}
