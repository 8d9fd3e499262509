package io.sardonyx.op;

import static io.sardonyx.op.ConvolutionKernel.roundUp;

import io.sardonyx.tensor.DType;

/** Scratch memory that a GPU's matrix products want, in bytes; {@code kernels/cuda/gemm_choice.h} says when they use it. */
final class GemmScratch {
    /** A depth is cut into no more pieces than this, none shorter than this, and no more sums are held at a time. */
    private static final long PIECES = 64;

    private static final long PIECE = 128;
    private static final long PARTIAL_SUMS = 1 << 22;

    /** An operand is copied only if each element is used so often. */
    private static final long MANY_USES = 64;

    /** What lies in scratch memory begins at multiples of this. */
    private static final long ALIGNED = 256;

    private GemmScratch() {}

    /**
     * a, or b: so many rows or columns, and the strides.
     *
     * @param sizes of the stack
     * @param strides along the stack
     */
    record Operand(long count, long depth, long stride, long depthStride, long[] sizes, long[] strides) {
        private boolean isAlongDepth() {
            return depthStride == 1 || stride != 1;
        }

        /** Matrices that a stack does not repeat. */
        private long matrices() {
            long matrices = 1;
            for (int i = 0; i < sizes.length; i++) {
                matrices *= strides[i] == 0 ? 1 : sizes[i];
            }
            return matrices;
        }

        /** Whether its rows begin at multiples of so many elements if the first one does. */
        private boolean isAligned(long word) {
            boolean aligned =
                    (depthStride == 1 ? stride : depthStride) % word == 0 && (stride == 1 || depthStride == 1);
            for (int i = 0; i < sizes.length; i++) {
                aligned &= sizes[i] == 1 || strides[i] % word == 0;
            }
            return aligned;
        }

        /** Of a copy as {@code kernels/cuda/pitched.h} lays it. */
        private long copyBytes(DType dtype) {
            long word = 128 / dtype.bits();
            if (isAligned(word)) {
                return 0;
            }
            long rows = matrices() * (isAlongDepth() ? count : depth);
            return roundUp(rows * roundUp(isAlongDepth() ? depth : count, word) * dtype.bits() / 8, ALIGNED);
        }
    }

    /** For the sums of a depth that is cut into pieces; 0 where it had better not be. */
    static long partialSumBytes(long sums, long depth, DType dtype) {
        long pieces = Math.min(Math.min(PIECES, depth / PIECE), PARTIAL_SUMS / Math.max(sums, 1));
        return pieces < 2 ? 0 : pieces * sums * Math.max(dtype.bits() / 8, Float.BYTES);
    }

    /** For copies of 16-bit operands that do not lie as tensor cores want them. */
    static long alignedBytes(DType dtype, Operand a, Operand b) {
        boolean half = dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
        boolean used = a.count * b.count >= MANY_USES * (a.count + b.count);
        return half && used ? a.copyBytes(dtype) + b.copyBytes(dtype) : 0;
    }

    /** For what decides between BF16x6 and SIMT, and lies in front of both operands. */
    static long decisionBytes() {
        return ALIGNED;
    }

    /** For float32 matrices split into three of bfloat16, in either order of their axes. */
    static long splitBytes(long matrices, long rows, long columns) {
        long elements = Math.max(rows * roundUp(columns, 8), columns * roundUp(rows, 8));
        return roundUp(3 * Short.BYTES * matrices * elements, ALIGNED);
    }
}
