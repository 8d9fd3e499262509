package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code Y[…, j] = Σ A[…, p] · (B[j, p] - zero_point) · scale + bias[j]}, where B's rows are cut into blocks of {@code
 * blockSize} numbers that share a scale and a zero point: the weights of language models.
 *
 * <p>{@code com.microsoft} MatMulNBits. Inputs A (float32, float16, bfloat16), B (uint8 {@code [n, blocks, blockSize · bits /
 * 8]}, lowest bits first), scales {@code [n, blocks]} of A's type, optional zero_points, packed as B {@code [n, blocks · bits /
 * 8]} or of A's type {@code [n, blocks]}, else {@code 2^(bits-1)}, optional g_idx (int32, the block of each number of a row in
 * place of its own), optional bias {@code [n]}. Scales and zero points may be flat. {@code accuracy_level} permits a coarser A,
 * of which no use is made.
 */
public record MatMulNBits(long k, long n, long bits, long blockSize) implements TensorOperator {
    private static final int A = 0;
    private static final int B = 1;
    private static final int SCALES = 2;
    private static final int ZERO_POINTS = 3;
    private static final int BLOCK_OF = 4;
    private static final int BIAS = 5;

    /** As {@code kernels/cpu/matmul_nbits.cpp} has them, at most: a pair of vectors, a panel, what lies between rows of A. */
    private static final long PAIR = 32;

    private static final long PANEL = 32;
    private static final long DEPTH_BLOCK = 384;
    private static final long ROW_GAP = 16;

    public MatMulNBits {
        if (k < 1 || n < 1 || bits != 2 && bits != 4 && bits != 8 || blockSize < 16 || Long.bitCount(blockSize) != 1) {
            throw new IllegalArgumentException("MatMulNBits: expected K and N from 1 on, bits 2, 4 or 8, block_size a"
                    + " power of two from 16 on, given " + k + ", " + n + ", " + bits + ", " + blockSize);
        }
    }

    static MatMulNBits read(Attributes attributes) {
        if (attributes.getInt("weight_prepacked", 0) != 0) {
            throw new IllegalArgumentException("MatMulNBits: weight_prepacked: expected 0, given "
                    + attributes.getInt("weight_prepacked") + ", a layout of one kind of device");
        }
        return new MatMulNBits(
                attributes.getInt("K"),
                attributes.getInt("N"),
                attributes.getInt("bits", 4),
                attributes.getInt("block_size"));
    }

    private long blocks() {
        return (k - 1) / blockSize + 1;
    }

    /** Bytes of a row of packed zero points. */
    private long zeroBytes() {
        return (blocks() * bits + 7) / 8;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape a = in.shape(A);
        DType dtype = in.dtype(A);
        boolean multiplies = dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
        if (!multiplies || a.rank() == 0 || a.size(a.rank() - 1) != k) {
            throw new IllegalArgumentException(
                    name() + ": A: expected float32, float16 or bfloat16 […, " + k + "], given " + in.get(A));
        }
        require(in, "B", B, DType.UINT8, Shape.of(n, blocks(), blockSize / 8 * bits));
        requireMatrix(in, "scales", SCALES, dtype, blocks());
        if (in.has(ZERO_POINTS)) {
            boolean packed = in.dtype(ZERO_POINTS) == DType.UINT8;
            requireMatrix(
                    in, "zero_points", ZERO_POINTS, packed ? DType.UINT8 : dtype, packed ? zeroBytes() : blocks());
        }
        if (in.has(BLOCK_OF)) {
            Shape padded = Shape.of(blocks() * blockSize);
            require(in, "g_idx", BLOCK_OF, DType.INT32, in.shape(BLOCK_OF).equals(padded) ? padded : Shape.of(k));
        }
        if (in.has(BIAS)) {
            require(in, "bias", BIAS, dtype, Shape.of(n));
        }
        return List.of(in.get(A).with(a.with(a.rank() - 1, n)));
    }

    private void requireMatrix(InputTypes in, String what, int input, DType dtype, long columns) {
        Shape flat = Shape.of(n * columns);
        require(in, what, input, dtype, in.shape(input).equals(flat) ? flat : Shape.of(n, columns));
    }

    private void require(InputTypes in, String what, int input, DType dtype, Shape shape) {
        TensorType expected = new TensorType(dtype, shape);
        if (!in.get(input).equals(expected)) {
            throw new IllegalArgumentException(
                    name() + ": " + what + ": expected " + expected + ", given " + in.get(input));
        }
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        double[] a = in.get(A).toDoubles();
        HostTensor y = out.get(0);
        double[] row = new double[(int) k];
        for (int j = 0; j < n; j++) {
            dequantize(in, j, row);
            for (int i = 0; i < y.size() / n; i++) {
                double sum = in.has(BIAS) ? in.get(BIAS).getDouble(j) : 0;
                for (int p = 0; p < k; p++) {
                    sum += a[(int) (i * k) + p] * row[p];
                }
                y.set((int) (i * n) + j, sum);
            }
        }
    }

    /** Row {@code j} of B as numbers. */
    private void dequantize(Inputs in, int j, double[] row) {
        long rowBytes = blocks() * (blockSize / 8 * bits);
        for (int p = 0; p < k; p++) {
            long block = in.has(BLOCK_OF) ? in.get(BLOCK_OF).getLong(p) : p / blockSize;
            if (block < 0 || block >= blocks()) {
                throw new IllegalArgumentException(
                        name() + ": g_idx: expected 0 to " + (blocks() - 1) + ", given " + block + " at " + p);
            }
            int at = (int) (j * blocks() + block);
            row[p] = (unpack(in.get(B), j * rowBytes, p) - zero(in, j, block))
                    * in.get(SCALES).getDouble(at);
        }
    }

    private double zero(Inputs in, int j, long block) {
        if (!in.has(ZERO_POINTS)) {
            return 1 << (bits - 1);
        }
        HostTensor zeros = in.get(ZERO_POINTS);
        return zeros.dtype() == DType.UINT8
                ? unpack(zeros, j * zeroBytes(), block)
                : zeros.getDouble((int) (j * blocks() + block));
    }

    /** Number {@code i} of those that begin at a byte. */
    private long unpack(HostTensor packed, long firstByte, long i) {
        long bit = i * bits;
        return packed.getLong((int) (firstByte + bit / 8)) >> bit % 8 & (1 << bits) - 1;
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        boolean usual = in.dtype(A) == DType.FLOAT32 && bits == 4 && !in.has(BLOCK_OF);
        if (!usual || in.has(ZERO_POINTS) && in.dtype(ZERO_POINTS) != DType.UINT8) {
            return Optional.empty();
        }
        long m = in.shape(A).elements() / k;
        return Optional.of(Launch.of("matmul_nbits", DType.FLOAT32)
                .input(A)
                .input(B)
                .input(SCALES)
                .output(0)
                .input(ZERO_POINTS)
                .input(BIAS)
                .params(m, n, k, blockSize)
                .scratch(Float.BYTES * m * (blocks() * Math.max(blockSize, PAIR) + ROW_GAP))
                .scratchPerThread(2 * Float.BYTES * PANEL * DEPTH_BLOCK));
    }
}
