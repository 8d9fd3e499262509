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

    /** An axis of the stack of matrices: its size, and the strides in a and b. */
    private record Axis(long size, long a, long b) {}

    private final MatrixProduct product;
    private final DType dtype;
    private final List<Axis> stack;
    private final long m;
    private float alpha = 1;
    private float beta = 1;
    private int c = ABSENT;
    private long cRow;
    private long cColumn;
    private int z = ABSENT;
    private Activation activation = Activation.NONE;
    private boolean addLast;

    MatrixLaunch(MatrixProduct product, DType dtype) {
        this.product = product;
        this.dtype = dtype;
        this.stack = collapsed(product);
        // Matrices that meet the same b are one tall matrix, if their rows follow each other.
        boolean tall = stack.size() == 1 && stack.get(0).b() == 0 && stack.get(0).a() == product.m * product.aRow;
        this.m = tall ? product.m * stack.get(0).size() : product.m;
        if (tall) {
            stack.clear();
        }
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

    /** Adds input {@code input}, which has the result's shape. */
    MatrixLaunch plus(int input, boolean afterActivation) {
        z = input;
        addLast = afterActivation;
        return this;
    }

    MatrixLaunch then(Activation function) {
        activation = function;
        return this;
    }

    /** The axes of the stack, outermost first, those that lie side by side in a, b and the result taken together. */
    private static List<Axis> collapsed(MatrixProduct product) {
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < product.batch.rank(); i++) {
            Axis axis = new Axis(product.batch.size(i), product.aBatch[i], product.bBatch[i]);
            Axis outer = axes.isEmpty() ? null : axes.get(axes.size() - 1);
            if (outer != null && outer.a() == axis.a() * axis.size() && outer.b() == axis.b() * axis.size()) {
                axes.set(axes.size() - 1, new Axis(outer.size() * axis.size(), axis.a(), axis.b()));
            } else if (axis.size() != 1) {
                axes.add(axis);
            }
        }
        return axes;
    }

    /** Empty where there is no kernel. */
    Optional<Launch> launch(InputTypes in) {
        boolean known = dtype == DType.FLOAT32 || dtype == DType.FLOAT64 && activation.equals(Activation.NONE);
        if (!known || stack.size() > STACK_AXES || product.result.rank() > 8) {
            return Optional.empty();
        }
        Reading reading = reading(in);
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
        addParams(launch, reading);
        long bytes = dtype.bits() / 8;
        long packed = bytes * packedElements();
        launch.scratch(reading == Reading.PACK_SHARED ? packed : 0);
        return Optional.of(launch.scratchPerThread(bytes * DEPTH_BLOCK * (ROW_BLOCK + PANEL)
                + (reading == Reading.PACK_PER_MATRIX ? packed : 0)));
    }

    private Reading reading(InputTypes in) {
        if (in.constant(1) && in.shape(1).elements() > 0 && product.n >= PANEL / 8 && product.hasDenseRight()) {
            return Reading.PACKED_WEIGHT;
        }
        if (product.bColumn == 1 && m < ROWS_WORTH_PACKING || product.k == 0) {
            return Reading.IN_PLACE;
        }
        boolean small = packedElements() * dtype.bits() / 8 <= LARGE_MATRIX;
        return !stack.isEmpty() && small ? Reading.PACK_PER_MATRIX : Reading.PACK_SHARED;
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
                List.of(
                        matrices,
                        product.k,
                        product.n,
                        product.n * product.k,
                        product.bDepth,
                        product.bColumn));
    }

    private void addParams(Launch launch, Reading reading) {
        launch.params(m, product.n, product.k, product.aRow, product.aDepth, product.bDepth, product.bColumn);
        List<Axis> axes = new ArrayList<>(stack);
        while (axes.size() < STACK_AXES) {
            axes.add(0, new Axis(1, 0, 0));
        }
        axes.forEach(axis -> launch.param(axis.size()));
        axes.forEach(axis -> launch.param(axis.a()));
        axes.forEach(axis -> launch.param(axis.b()));
        launch.param(reading.ordinal()).param((double) alpha).param((double) beta);
        launch.params(cRow, cColumn, addLast ? 1 : 0);
        activation.addTo(launch);
    }
}
