package io.sardonyx.op;

import io.sardonyx.tensor.DType;

/**
 * {@code y = (x - mean) / √(variance + epsilon) · scale + b} over the axes from {@code axis} on; outputs 1 and 2, of type
 * {@code stash}, are the mean and {@code 1 / √(variance + epsilon)} of each row.
 *
 * <p>ONNX LayerNormalization, opset 17. Accumulation: see {@link LayerNormalizing}.
 */
public record LayerNormalization(long axis, float epsilon, DType stash) implements LayerNormalizing {
    static LayerNormalization read(Attributes attributes) {
        return new LayerNormalization(
                attributes.getInt("axis", -1),
                attributes.getFloat("epsilon", 1e-5f),
                attributes.getType("stash_type", DType.FLOAT32));
    }

    @Override
    public Parts parts() {
        return new Parts(NONE, NONE, 1, 2, 1, 2, NONE);
    }

    @Override
    public boolean centred() {
        return true;
    }
}
