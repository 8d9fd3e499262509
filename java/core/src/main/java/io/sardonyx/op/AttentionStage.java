package io.sardonyx.op;

/** The stages of attention's scores, in the order of ONNX's {@code qk_matmul_output_mode}. */
public enum AttentionStage {
    /** {@code scale · Q·Kᵀ}. */
    SCALED,
    /** After the soft cap. */
    CAPPED,
    /** After the mask was added. */
    BIASED,
    /** After the softmax. */
    PROBABILITIES;

    static AttentionStage of(long mode) {
        if (mode < 0 || mode >= values().length) {
            throw new IllegalArgumentException("Attention: qk_matmul_output_mode: expected 0 to 3, given " + mode);
        }
        return values()[(int) mode];
    }
}
