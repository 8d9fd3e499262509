package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How {@link MatMulInteger} is run by the kernels {@code matmul_integer.*}: a, b, y, a's zero points, b's zero points. */
final class IntegerLaunch {
    /** As {@code kernels/cpu/matmul_integer.cpp} has them, at most: columns of a panel, rows of a tile. */
    private static final long PANEL = 32;

    private static final long ROWS = 12;
    private static final int STACK_AXES = 4;

    private final MatrixProduct product;
    private final InputTypes in;

    IntegerLaunch(MatrixProduct product, InputTypes in) {
        this.product = product;
        this.in = in;
    }

    /** Empty where there is no kernel. */
    Optional<Launch> launch() {
        if (product.batch.rank() > STACK_AXES || !isShared(2) || !isShared(3)) {
            return Optional.empty();
        }
        boolean weight =
                in.constant(1) && in.shape(1).rank() <= 2 && in.shape(1).elements() > 0;
        Launch launch = Launch.ofKey("matmul_integer." + in.dtype(0).key() + "."
                        + in.dtype(1).key())
                .input(0);
        if (weight) {
            launch.packed(1, pack(in.dtype(1)));
        } else {
            launch.input(1);
        }
        launch.output(0).input(2).input(3);
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
        launch.params(step(2), step(3), weight ? 1 : 0);
        launch.scratch(weight ? 0 : packedBytes());
        return Optional.of(launch.scratchPerThread(2 * ROWS * evenDepth()));
    }

    /** Whether all matrices of the stack have the same zero points, or there are none. */
    private boolean isShared(int zero) {
        return !in.has(zero) || in.shape(zero).rank() <= 2;
    }

    /** The distance between the zero points of two rows or columns. */
    private long step(int zero) {
        return in.has(zero) && in.shape(zero).elements() > 1 ? 1 : 0;
    }

    /** Whether all matrices a follow each other and meet the same b and zero point, so that they are one tall one. */
    private boolean isTall() {
        Shape a = in.shape(0);
        boolean whole = a.rank() >= 2 && a.slice(0, a.rank() - 2).elements() == product.batch.elements();
        return whole && step(2) == 0 && Arrays.stream(product.bBatch).allMatch(step -> step == 0);
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

    private long packedBytes() {
        return 2 * evenDepth() * ((product.n + PANEL - 1) / PANEL * PANEL);
    }

    private long evenDepth() {
        return (product.k + 1) / 2 * 2;
    }
}
