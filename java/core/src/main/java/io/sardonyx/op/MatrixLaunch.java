package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * How a {@link MatrixProduct} of inputs 0 and 1 is run: {@code y = f(alpha · a · b + beta · c + z)}, or {@code f(alpha · a · b +
 * beta · c) + z}. On CPUs by the kernels {@code matmul.*}, which pack b; on GPUs by {@code gemm.*}, which read it as it lies.
 */
final class MatrixLaunch {
    /** As {@code kernels/cpu/matmul.cpp} has them: what is done at a time, rows of a tile, and the width of a panel, at most. */
    private static final long DEPTH_BLOCK = 384;

    private static final long ROW_BLOCK = 768;
    private static final long ROWS = 12;
    private static final long PANEL = 32;
    private static final long ALIGN = 16;

    /** Packing b costs about as much as multiplying it by so many rows. */
    private static final long ROWS_WORTH_PACKING = 24;

    private static final long LARGE_MATRIX = 1 << 20;
    private static final int STACK_AXES = 4;

    private static final int ABSENT = Integer.MAX_VALUE;

    /** How the kernel reads b, in its order. */
    private enum Reading {
        IN_PLACE,
        PACKED_WEIGHT,
        PACK_SHARED,
        PACK_PER_MATRIX
    }

    /** An axis of the stack of matrices: its size, and the strides in a, b and z. */
    private record Axis(long size, long a, long b, long z) {
        /** Whether this axis and the next inner one, taken together, are one. */
        boolean continues(Axis inner) {
            return a == inner.a * inner.size && b == inner.b * inner.size && z == inner.z * inner.size;
        }

        Axis with(Axis inner) {
            return new Axis(size * inner.size, inner.a, inner.b, inner.z);
        }
    }

    private final MatrixProduct product;
    private final DType dtype;
    private float alpha = 1;
    private float beta = 1;
    private int c = ABSENT;
    private long cRow;
    private long cColumn;
    private int z = ABSENT;
    /** The strides along the stack, the rows and the columns. */
    private long[] zStrides;

    private Activation activation = Activation.NONE;
    private boolean addLast;

    MatrixLaunch(MatrixProduct product, DType dtype) {
        this.product = product;
        this.dtype = dtype;
        this.zStrides = new long[product.batch.rank() + 2];
    }

    MatrixLaunch scaled(float factor) {
        alpha = factor;
        return this;
    }

    /** Adds {@code factor} times input {@code input}, whose strides along the rows and columns of the result are these. */
    MatrixLaunch plus(int input, float factor, long row, long column) {
        c = input;
        beta = factor;
        cRow = row;
        cColumn = column;
        return this;
    }

    /** Adds input {@code input}, whose strides along the stack, the rows and the columns of the result are these. */
    MatrixLaunch plus(int input, long[] strides, boolean afterActivation) {
        z = input;
        zStrides = strides;
        addLast = afterActivation;
        return this;
    }

    MatrixLaunch then(Activation function) {
        activation = function;
        return this;
    }

    /** The axes of the stack, outermost first, those that lie side by side in all tensors taken together. */
    private List<Axis> stack() {
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < product.batch.rank(); i++) {
            Axis axis = new Axis(product.batch.size(i), product.aBatch[i], product.bBatch[i], zStrides[i]);
            Axis outer = axes.isEmpty() ? null : axes.get(axes.size() - 1);
            if (outer != null && outer.continues(axis)) {
                axes.set(axes.size() - 1, outer.with(axis));
            } else if (axis.size() != 1) {
                axes.add(axis);
            }
        }
        return axes;
    }

    /** Whether the matrices of {@code stack} meet the same b and follow each other in a and z, so that they are one tall one. */
    private boolean isTall(List<Axis> stack) {
        long zRow = zStrides[zStrides.length - 2];
        return stack.size() == 1 && cRow == 0 && stack.get(0).continues(new Axis(product.m, product.aRow, 0, zRow));
    }

    /** Empty where there is no kernel. */
    Optional<Launch> launch(InputTypes in) {
        List<Axis> stack = stack();
        if (stack.size() > STACK_AXES || product.result.rank() > 8) {
            return Optional.empty();
        }
        long m = product.m;
        if (isTall(stack)) {
            m *= stack.get(0).size();
            stack = List.of();
        }
        Optional<Launch> gemm = onGpu() ? Optional.of(gemm(in, m, stack)) : Optional.empty();
        if (!onCpu()) {
            return gemm;
        }
        Launch matmul = matmul(in, m, stack);
        return Optional.of(gemm.map(matmul::otherwise).orElse(matmul));
    }

    private boolean onCpu() {
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT64 && activation.equals(Activation.NONE);
    }

    private boolean onGpu() {
        return switch (dtype) {
            case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> true;
            case INT32, INT64, UINT32, UINT64 -> alpha == 1 && beta == 1 && activation.equals(Activation.NONE);
            default -> false;
        };
    }

    private Launch matmul(InputTypes in, long m, List<Axis> stack) {
        Reading reading = reading(in, m, stack.isEmpty());
        Launch launch = Launch.of("matmul", dtype).input(0);
        if (reading == Reading.PACKED_WEIGHT) {
            launch.packed(1, pack(in.shape(1)));
        } else {
            launch.input(1);
        }
        addAddends(launch.output(0), in);
        addSizes(launch, m, stack);
        addFinish(launch.param(reading.ordinal()));
        long bytes = dtype.bits() / 8;
        long packed = bytes * packedElements();
        launch.scratch(reading == Reading.PACK_SHARED ? packed : 0);
        long rows = Math.min(ROW_BLOCK, (m + ROWS - 1) / ROWS * ROWS);
        long room = Math.min(DEPTH_BLOCK, product.k) * (rows + PANEL);
        return launch.scratchPerThread(
                bytes * ((room + ALIGN - 1) / ALIGN * ALIGN) + (reading == Reading.PACK_PER_MATRIX ? packed : 0));
    }

    private Launch gemm(InputTypes in, long m, List<Axis> stack) {
        Launch launch = Launch.of("gemm", dtype).input(0).input(1);
        if (dtype == DType.FLOAT32) {
            launch.fast("gemm_tf32.f32");
        }
        addAddends(launch.output(0), in);
        addSizes(launch, m, stack);
        addFinish(launch);
        long sums = matrices(stack, Axis::size) * m * product.n;
        launch.scratch(GemmScratch.partialSumBytes(sums, product.k, dtype) + alignedBytes(m, stack));
        return Bf16x6.isFor(dtype, m, product.n, product.k, (double) sums * product.k)
                ? Bf16x6.launch("gemm_bf16x6.f32", splitBytes(m, stack), launch)
                : launch;
    }

    private long alignedBytes(long m, List<Axis> stack) {
        long[] sizes = stack.stream().mapToLong(Axis::size).toArray();
        long[] a = stack.stream().mapToLong(Axis::a).toArray();
        long[] b = stack.stream().mapToLong(Axis::b).toArray();
        return GemmScratch.alignedBytes(
                dtype,
                new GemmScratch.Operand(m, product.k, product.aRow, product.aDepth, sizes, a),
                new GemmScratch.Operand(product.n, product.k, product.bColumn, product.bDepth, sizes, b));
    }

    private static long matrices(List<Axis> stack, ToLongFunction<Axis> count) {
        return stack.stream().mapToLong(count).reduce(1, (a, b) -> a * b);
    }

    /** Of float32 matrices split into three. */
    private long splitBytes(long m, List<Axis> stack) {
        return GemmScratch.splitBytes(matrices(stack, axis -> axis.a() == 0 ? 1 : axis.size()), m, product.k)
                + GemmScratch.splitBytes(
                        matrices(stack, axis -> axis.b() == 0 ? 1 : axis.size()), product.k, product.n);
    }

    private void addAddends(Launch launch, InputTypes in) {
        if (in.has(c) || in.has(z)) {
            launch.input(in.has(c) ? c : 2);
        }
        if (in.has(z)) {
            launch.input(z);
        }
    }

    private Reading reading(InputTypes in, long m, boolean single) {
        if (in.constant(1) && canPack(in.shape(1))) {
            return Reading.PACKED_WEIGHT;
        }
        if (product.bColumn == 1 && m < ROWS_WORTH_PACKING || product.k == 0) {
            return Reading.IN_PLACE;
        }
        boolean small = packedElements() * dtype.bits() / 8 <= LARGE_MATRIX;
        return !single && small ? Reading.PACK_PER_MATRIX : Reading.PACK_SHARED;
    }

    /** Of one matrix b, as panels. */
    private long packedElements() {
        return (product.n + PANEL - 1) / PANEL * PANEL * product.k;
    }

    private boolean canPack(Shape b) {
        return b.elements() > 0 && product.n >= PANEL / 8 && product.hasDenseRight();
    }

    /** How a constant b of this type is packed, whatever a is; empty if it is read in place. */
    static Optional<Launch.Pack> pack(TensorType b, MatrixProduct.Transposition transposed) {
        if (b.dtype() != DType.FLOAT32 && b.dtype() != DType.FLOAT64
                || b.shape().rank() < 2) {
            return Optional.empty();
        }
        MatrixProduct row = MatrixProduct.ofRow(b.shape(), transposed);
        var launch = new MatrixLaunch(row, b.dtype());
        return launch.canPack(b.shape()) ? Optional.of(launch.pack(b.shape())) : Optional.empty();
    }

    /** b's own matrices, one after the other. */
    private Launch.Pack pack(Shape b) {
        long matrices = b.elements() / (product.n * product.k);
        return new Launch.Pack(
                "matmul.pack." + dtype.key(),
                matrices * packedElements() * dtype.bits() / 8,
                List.of(matrices, product.k, product.n, product.n * product.k, product.bDepth, product.bColumn));
    }

    private void addSizes(Launch launch, long m, List<Axis> stack) {
        launch.params(m, product.n, product.k, product.aRow, product.aDepth, product.bDepth, product.bColumn);
        List<Axis> axes = new ArrayList<>(stack);
        while (axes.size() < STACK_AXES) {
            axes.add(0, new Axis(1, 0, 0, 0));
        }
        axes.forEach(axis -> launch.param(axis.size()));
        axes.forEach(axis -> launch.param(axis.a()));
        axes.forEach(axis -> launch.param(axis.b()));
        axes.forEach(axis -> launch.param(axis.z()));
    }

    private void addFinish(Launch launch) {
        launch.param((double) alpha).param((double) beta);
        launch.params(cRow, cColumn, zStrides[zStrides.length - 2], zStrides[zStrides.length - 1], addLast ? 1 : 0);
        activation.addTo(launch);
    }
}
