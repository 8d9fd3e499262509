package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How an {@link IntegerProduct} is run: on CPUs by the kernels {@code matmul_integer.*}, which pack b; on GPUs by {@code
 * gemm_integer.*}, which read it as it lies.
 */
final class IntegerLaunch {
    /** As {@code kernels/cpu/quad_panels.h} has them, at most: columns of a panel, rows of a tile. */
    private static final long PANEL = 32;

    private static final long ROWS = 12;

    /** So many neighbours of the depth are multiplied at once. */
    private static final long QUAD = 4;

    private static final int STACK_AXES = 4;

    private static final int ABSENT = IntegerProduct.NONE;

    /** To so many products of bytes, a sum fits into int32. */
    private static final long EXACT_DEPTH = 1 << 15;

    private final IntegerProduct inputs;
    private final MatrixProduct product;
    private final InputTypes in;
    private int aScale = ABSENT;
    private int bScale = ABSENT;
    private int yScale = ABSENT;
    private int yZero = ABSENT;
    private int bias = ABSENT;
    private int z = ABSENT;
    /** The strides along the stack, the rows and the columns. */
    private long[] zStrides;

    private Activation activation = Activation.NONE;

    IntegerLaunch(IntegerProduct inputs, InputTypes in) {
        this.inputs = inputs;
        this.product = inputs.infer(in);
        this.in = in;
        this.zStrides = new long[product.batch.rank() + 2];
    }

    /** Inputs that the sums are multiplied by. */
    IntegerLaunch scaled(int aScale, int bScale) {
        this.aScale = aScale;
        this.bScale = bScale;
        return this;
    }

    /** Input that is added to each row of floats. */
    IntegerLaunch plus(int bias) {
        this.bias = bias;
        return this;
    }

    /** What is done to the floats. */
    IntegerLaunch then(Activation function) {
        activation = function;
        return this;
    }

    /** Input that is added to that, and its strides along the stack, the rows and the columns of the result. */
    IntegerLaunch thenPlus(int addend, long[] strides) {
        z = addend;
        zStrides = strides;
        return this;
    }

    /** Inputs by which the result is quantised. */
    IntegerLaunch quantized(int yScale, int yZero) {
        this.yScale = yScale;
        this.yZero = yZero;
        return this;
    }

    /** Empty where there is no kernel. */
    Optional<Launch> launch(DType y) {
        IntStream parameters = IntStream.of(inputs.aZero(), inputs.bZero(), aScale, bScale, yScale, yZero);
        boolean scaled = in.has(aScale);
        if (product.batch.rank() > STACK_AXES
                || !parameters.allMatch(this::isShared)
                || !isBytes(in.dtype(inputs.a()))
                || !isBytes(in.dtype(inputs.b()))
                || scaled && (in.dtype(aScale) != DType.FLOAT32 || product.k > EXACT_DEPTH)
                || !(isBytes(y) || y == (scaled ? DType.FLOAT32 : DType.INT32))) {
            return Optional.empty();
        }
        int b = inputs.b();
        boolean weight =
                in.constant(b) && in.shape(b).rank() <= 2 && in.shape(b).elements() > 0;
        Launch matmul = begin("matmul_integer", y);
        if (weight) {
            matmul.packed(b, pack(in.dtype(b)));
        } else {
            matmul.input(b);
        }
        addRest(matmul, scaled);
        addSizes(matmul);
        matmul.params(step(inputs.aZero()), step(inputs.bZero()), weight ? 1 : 0);
        matmul.params(step(aScale), step(bScale), step(yScale), step(yZero));
        activation.addTo(matmul.input(z));
        long[] ofMatrices = isTall() ? new long[0] : Arrays.copyOf(zStrides, product.batch.rank());
        addAxes(matmul, ofMatrices, 0);
        matmul.params(zStrides[zStrides.length - 2], zStrides[zStrides.length - 1]);
        matmul.scratch(weight ? 0 : packedBytes()).scratchPerThread(ROWS * quads() * QUAD);
        if (in.has(z) || !activation.equals(Activation.NONE)) {
            return Optional.of(matmul);
        }

        Launch gemm = begin("gemm_integer", y).input(b);
        addRest(gemm, scaled);
        addSizes(gemm);
        gemm.params(step(inputs.aZero()), step(inputs.bZero()));
        gemm.params(step(aScale), step(bScale), step(yScale), step(yZero));
        return Optional.of(matmul.otherwise(gemm));
    }

    private Launch begin(String operation, DType y) {
        String a = in.dtype(inputs.a()).key();
        String b = in.dtype(inputs.b()).key();
        return Launch.ofKey(String.join(".", operation, a, b, y.key())).input(inputs.a());
    }

    /** The tensors behind b. */
    private void addRest(Launch launch, boolean scaled) {
        launch.output(0).input(inputs.aZero()).input(inputs.bZero());
        if (scaled) {
            launch.input(aScale).input(bScale).input(yScale).input(in.has(yZero) ? yZero : bias);
        }
    }

    private void addSizes(Launch launch) {
        if (isTall()) {
            launch.params(product.m * product.batch.elements(), product.n, product.k);
            addAxes(launch, new long[0], 1);
            addAxes(launch, new long[0], 0);
            addAxes(launch, new long[0], 0);
        } else {
            launch.params(product.m, product.n, product.k);
            addAxes(launch, product.batch.toArray(), 1);
            addAxes(launch, product.aBatch, 0);
            addAxes(launch, product.bBatch, 0);
        }
    }

    private static boolean isBytes(DType dtype) {
        return dtype == DType.INT8 || dtype == DType.UINT8;
    }

    /** Whether all matrices of the stack have the same values of an input, if it is there. */
    private boolean isShared(int input) {
        return !in.has(input) || in.shape(input).rank() <= 2;
    }

    /** The distance between the values of two rows or columns. */
    private long step(int input) {
        return in.has(input) && in.shape(input).elements() > 1 ? 1 : 0;
    }

    /** Whether all matrices a follow each other and meet the same b and parameters, so that they are one tall one. */
    private boolean isTall() {
        Shape a = in.shape(inputs.a());
        boolean whole = a.rank() >= 2 && a.slice(0, a.rank() - 2).elements() == product.batch.elements();
        boolean one = IntStream.of(inputs.aZero(), aScale, yScale, yZero).allMatch(input -> step(input) == 0);
        return whole && one && zGoesOn() && Arrays.stream(product.bBatch).allMatch(step -> step == 0);
    }

    /** Whether the next matrix of z begins where the rows of the one before would go on. */
    private boolean zGoesOn() {
        long next = zStrides[zStrides.length - 2] * product.m;
        for (int axis = product.batch.rank() - 1; axis >= 0; axis--) {
            if (product.batch.size(axis) > 1 && zStrides[axis] != next) {
                return false;
            }
            next *= product.batch.size(axis);
        }
        return true;
    }

    private static void addAxes(Launch launch, long[] values, long otherwise) {
        for (int i = values.length; i < STACK_AXES; i++) {
            launch.param(otherwise);
        }
        launch.params(values);
    }

    private Launch.Pack pack(DType dtype) {
        return new Launch.Pack("matmul_integer_pack." + dtype.key(), packedBytes(), List.of(product.n, product.k));
    }

    /** Quads of all columns, and their sums. */
    private long packedBytes() {
        return (quads() + 1) * QUAD * ((product.n + PANEL - 1) / PANEL * PANEL);
    }

    private long quads() {
        return (product.k + QUAD - 1) / QUAD;
    }
}
