package io.sardonyx.op;

/**
 * {@code y = x / √(Σ x² / n + epsilon) · scale} over the axes from {@code axis} on; {@code y} has the type of {@code scale}.
 *
 * <p>ONNX RMSNormalization, opset 23. Statistics are always taken in float32 or better, whatever {@code stash_type} says.
 */
public record RMSNormalization(long axis, float epsilon) implements LayerNormalizing {
    static RMSNormalization read(Attributes attributes) {
        return new RMSNormalization(attributes.getInt("axis", -1), attributes.getFloat("epsilon", 1e-5f));
    }

    @Override
    public Parts parts() {
        return new Parts(NONE, NONE, 1, NONE, NONE, NONE, NONE);
    }

    @Override
    public boolean centred() {
        return false;
    }
}
