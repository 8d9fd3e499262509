package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * {@code Y = alpha · A' · B' + beta · C} for A' {@code [M, K]} and B' {@code [K, N]}, which are A and B, transposed if {@code
 * transA}, {@code transB} say so. The optional C stretches to {@code [M, N]}.
 *
 * <p>ONNX Gemm, opsets 1 to 13. Before opset 7 C stretches only if the attribute {@code broadcast} is set; here it always may.
 * Summed up in double (reference) or float32 (kernels); integers wrap around.
 */
public record Gemm(boolean transA, boolean transB, float alpha, float beta) implements TensorOperator {
    static Gemm read(Attributes attributes) {
        return new Gemm(
                attributes.getFlag("transA", false),
                attributes.getFlag("transB", false),
                attributes.getFloat("alpha", 1),
                attributes.getFloat("beta", 1));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        MatMul.requireOperands(name(), in);
        MatrixProduct product = product(name(), in.shape(0), in.shape(1));
        if (in.has(2)) {
            requireAddend(name(), in.get(2), in.get(0).with(product.result));
        }
        return List.of(in.get(0).with(product.result));
    }

    MatrixProduct product(String operator, Shape a, Shape b) {
        if (a.rank() != 2 || b.rank() != 2) {
            throw new IllegalArgumentException(operator + ": expected two matrices, given " + a + " x " + b);
        }
        return MatrixProduct.of(
                operator,
                a,
                new MatrixProduct.Transposition(transA, false),
                b,
                new MatrixProduct.Transposition(transB, false));
    }

    /** Checks that {@code c} has the type of the result and stretches to it. */
    static void requireAddend(String operator, TensorType c, TensorType result) {
        if (c.dtype() != result.dtype()
                || !Broadcast.shape(operator, result.shape(), c.shape()).equals(result.shape())) {
            throw new IllegalArgumentException(operator + ": C: expected what stretches to " + result + ", given " + c);
        }
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor a = in.get(0);
        HostTensor b = in.get(1);
        HostTensor y = out.get(0);
        if (a.dtype().isFloat()) {
            y.setAll(sums(name(), in));
            return;
        }
        long[] sums = product(name(), a.shape(), b.shape()).multiply(a.toLongs(), b.toLongs());
        IntUnaryOperator addend = in.has(2) ? Broadcast.positions(in.get(2).shape(), y.shape()) : null;
        for (int i = 0; i < sums.length; i++) {
            long c = addend == null ? 0 : scaled(in.get(2).getLong(addend.applyAsInt(i)), beta);
            y.set(i, scaled(sums[i], alpha) + c);
        }
    }

    /** Exact for the usual factor. */
    private static long scaled(long value, float factor) {
        return factor == 1 ? value : (long) (value * (double) factor);
    }

    /** The result for floats, in double. */
    double[] sums(String operator, Inputs in) {
        MatrixProduct product = product(operator, in.get(0).shape(), in.get(1).shape());
        double[] sums = product.multiply(in.get(0).toDoubles(), in.get(1).toDoubles());
        IntUnaryOperator addend = in.has(2) ? Broadcast.positions(in.get(2).shape(), product.result) : null;
        for (int i = 0; i < sums.length; i++) {
            sums[i] *= alpha;
            if (addend != null) {
                sums[i] += beta * in.get(2).getDouble(addend.applyAsInt(i));
            }
        }
        return sums;
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return launch(name(), in).launch(in);
    }

    @Override
    public Optional<Launch.Pack> pack(int index, TensorType weight) {
        return index == 1 && weight.shape().rank() == 2
                ? MatrixLaunch.pack(weight, new MatrixProduct.Transposition(transB, false))
                : Optional.empty();
    }

    MatrixLaunch launch(String operator, InputTypes in) {
        MatrixProduct product = product(operator, in.shape(0), in.shape(1));
        MatrixLaunch launch = new MatrixLaunch(product, in.dtype(0)).scaled(alpha);
        if (in.has(2)) {
            Shape c = Shape.of(1, 1).broadcast(in.shape(2));
            launch.plus(2, beta, c.size(0) == 1 ? 0 : c.size(1), c.size(1) == 1 ? 0 : 1);
        }
        return launch;
    }
}
