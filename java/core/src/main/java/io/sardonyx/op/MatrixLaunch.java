package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a {@link MatrixProduct} of inputs 0 and 1 is run by the kernels {@code matmul.*}: {@code y = f(alpha · a · b + beta · c +
 * z)}, or {@code f(alpha · a · b + beta · c) + z}.
 */
final class MatrixLaunch {
    /** As {@code kernels/cpu/gemm.h} has them: what is done at a time, and the width of a panel, at most. */
    private static final long DEPTH_BLOCK = 384;

    private static final long ROW_BLOCK = 96;
    private static final long PANEL = 32;

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
        boolean known = dtype == DType.FLOAT32 || dtype == DType.FLOAT64 && activation.equals(Activation.NONE);
        if (!known || stack.size() > STACK_AXES || product.result.rank() > 8) {
            return Optional.empty();
        }
        long m = product.m;
        if (isTall(stack)) {
            m *= stack.get(0).size();
            stack = List.of();
        }
        Reading reading = reading(in, m, stack.isEmpty());
        Launch launch = Launch.of("matmul", dtype).input(0);
        if (reading == Reading.PACKED_WEIGHT) {
            launch.packed(1, pack(in));
        } else {
            launch.input(1);
        }
        launch.output(0);
        if (in.has(c) || in.has(z)) {
            launch.input(in.has(c) ? c : 2);
        }
        if (in.has(z)) {
            launch.input(z);
        }
        addParams(launch, m, stack, reading);
        long bytes = dtype.bits() / 8;
        long packed = bytes * packedElements();
        launch.scratch(reading == Reading.PACK_SHARED ? packed : 0);
        return Optional.of(launch.scratchPerThread(
                bytes * DEPTH_BLOCK * (ROW_BLOCK + PANEL) + (reading == Reading.PACK_PER_MATRIX ? packed : 0)));
    }

    private Reading reading(InputTypes in, long m, boolean single) {
        if (in.constant(1) && in.shape(1).elements() > 0 && product.n >= PANEL / 8 && product.hasDenseRight()) {
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

    /** b's own matrices, one after the other. */
    private Launch.Pack pack(InputTypes in) {
        long matrices = in.shape(1).elements() / (product.n * product.k);
        return new Launch.Pack(
                "matmul.pack." + dtype.key(),
                matrices * packedElements() * dtype.bits() / 8,
                List.of(matrices, product.k, product.n, product.n * product.k, product.bDepth, product.bColumn));
    }

    private void addParams(Launch launch, long m, List<Axis> stack, Reading reading) {
        launch.params(m, product.n, product.k, product.aRow, product.aDepth, product.bDepth, product.bColumn);
        List<Axis> axes = new ArrayList<>(stack);
        while (axes.size() < STACK_AXES) {
            axes.add(0, new Axis(1, 0, 0, 0));
        }
        axes.forEach(axis -> launch.param(axis.size()));
        axes.forEach(axis -> launch.param(axis.a()));
        axes.forEach(axis -> launch.param(axis.b()));
        axes.forEach(axis -> launch.param(axis.z()));
        launch.param(reading.ordinal()).param((double) alpha).param((double) beta);
        launch.params(cRow, cColumn, zStrides[zStrides.length - 2], zStrides[zStrides.length - 1], addLast ? 1 : 0);
        activation.addTo(launch);
    }
}
