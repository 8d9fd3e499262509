package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;

/**
 * When GPUs multiply float32 by BF16x6, as exact as float32, where they have it: products of matrices, and convolutions, which are
 * such products.
 */
final class Bf16x6 {
    /**
     * From how many products on. Never, until the self-test's step {@code accuracy} has shown on such a GPU that its error is no
     * larger than that of float32's own units; from then on {@code 1 << 29}, about where it ends sooner. {@value #PROPERTY} sets
     * another number.
     */
    private static final long FROM = Long.MAX_VALUE;

    static final String PROPERTY = "sardonyx.bf16x6";

    /** Fewer rows or columns leave most of a tile of the tensor cores empty. */
    private static final long ROWS = 64;

    /** In a shorter sum the tensor cores' own rounding, toward zero, outweighs that they are promoted to float32 every 64 of depth. */
    private static final long DEPTH = 128;

    /** Bytes that the operands may take, split. */
    private static final long SCRATCH = 1L << 30;

    private Bf16x6() {}

    /** Whether so many products in all, of matrices of which each has so many rows, columns and depth, are for it. */
    static boolean isFor(DType dtype, long rows, long columns, long depth, double products) {
        return dtype == DType.FLOAT32
                && Math.min(rows, columns) >= ROWS
                && depth >= DEPTH
                && products >= Long.getLong(PROPERTY, FROM);
    }

    /**
     * {@code launch} by {@code kernel}, and by itself where that is not at hand or too inexact.
     *
     * @param split bytes of both operands, as {@link GemmScratch#splitBytes} counts them
     */
    static Launch launch(String kernel, long split, Launch launch) {
        if (split > SCRATCH) {
            return launch;
        }
        Launch tensorCores = launch.by(kernel).scratch(GemmScratch.decisionBytes() + split);
        launch.fast().ifPresent(fast -> tensorCores.fast(fast.kernel()));
        return tensorCores.strict(launch).otherwise(launch);
    }
}
