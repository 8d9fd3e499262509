package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * {@code Y = f(alpha · A' · B' + bias + Z)}, or {@code f(alpha · A' · B' + bias) + Z} if {@code addLast}: a {@link MatMul} with
 * transposed operands, a bias {@code [N]} or scalar, an activation {@code f}, and a tensor Z, of the same shape as a rule (else both broadcast). With {@code
 * transBatchA} the rows of A' are the first axis of A, and the stack is what lies between that and the last (B likewise); then
 * {@code transA} exchanges these rows and the last axis.
 *
 * <p>{@code io.sardonyx} FusedMatMul (what rewrites make of MatMul, Add, Gelu …) and {@code com.microsoft} FusedMatMul, which
 * has neither bias nor Z nor activation. Inputs A, B, optional bias, optional Z, all of one float type.
 */
public record FusedMatMul(
        boolean transA,
        boolean transB,
        boolean transBatchA,
        boolean transBatchB,
        float alpha,
        Activation activation,
        boolean addLast)
        implements TensorOperator {
    /** A · B and nothing else. */
    public static final FusedMatMul PLAIN = new FusedMatMul(false, false, false, false, 1, Activation.NONE, false);

    static FusedMatMul read(Attributes attributes) {
        return new FusedMatMul(
                attributes.getFlag("transA", false),
                attributes.getFlag("transB", false),
                attributes.getFlag("transBatchA", false),
                attributes.getFlag("transBatchB", false),
                attributes.getFloat("alpha", 1),
                Activation.read(attributes),
                attributes.getFlag("add_last", false));
    }

    public FusedMatMul with(Activation other) {
        return new FusedMatMul(transA, transB, transBatchA, transBatchB, alpha, other, addLast);
    }

    public FusedMatMul transposed(boolean a, boolean b) {
        return new FusedMatMul(a, b, transBatchA, transBatchB, alpha, activation, addLast);
    }

    public FusedMatMul scaled(float factor) {
        return new FusedMatMul(transA, transB, transBatchA, transBatchB, factor, activation, addLast);
    }

    public FusedMatMul addingLast() {
        return new FusedMatMul(transA, transB, transBatchA, transBatchB, alpha, activation, true);
    }

    private MatrixProduct product(Shape a, Shape b) {
        return MatrixProduct.of(name(), a, new MatrixProduct.Transposition(transA, transBatchA), b, right());
    }

    private MatrixProduct.Transposition right() {
        return new MatrixProduct.Transposition(transB, transBatchB);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        MatMul.requireOperands(name(), in);
        if (!in.dtype(0).isFloat()) {
            throw new IllegalArgumentException(name() + ": expected a float type, given " + in.get(0));
        }
        MatrixProduct product = product(in.shape(0), in.shape(1));
        TensorType y = in.get(0).with(product.result);
        if (in.has(2) && (in.dtype(2) != y.dtype() || !isBias(in.shape(2), product))) {
            throw new IllegalArgumentException(
                    name() + ": bias: expected " + y.with(Shape.of(product.n)) + " or a scalar, given " + in.get(2));
        }
        if (!in.has(3)) {
            return List.of(y);
        }
        if (in.dtype(3) != y.dtype()) {
            throw new IllegalArgumentException(name() + ": Z: expected " + y + ", given " + in.get(3));
        }
        return List.of(y.with(Broadcast.shape(name(), y.shape(), in.shape(3))));
    }

    private static boolean isBias(Shape bias, MatrixProduct product) {
        return bias.rank() <= 1 && (bias.elements() == 1 || bias.equals(Shape.of(product.n)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        MatrixProduct product = product(in.get(0).shape(), in.get(1).shape());
        double[] sums = product.multiply(in.get(0).toDoubles(), in.get(1).toDoubles());
        HostTensor y = out.get(0);
        IntUnaryOperator sumAt = Broadcast.positions(product.result, y.shape());
        IntUnaryOperator zAt = in.has(3) ? Broadcast.positions(in.get(3).shape(), y.shape()) : i -> i;
        for (int i = 0; i < y.size(); i++) {
            int at = sumAt.applyAsInt(i);
            double sum = alpha * sums[at];
            if (in.has(2)) {
                sum += in.get(2).getDouble(in.get(2).size() == 1 ? 0 : at % (int) product.n);
            }
            double z = in.has(3) ? in.get(3).getDouble(zAt.applyAsInt(i)) : 0;
            y.set(i, addLast ? activation.apply(sum) + z : activation.apply(sum + z));
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        MatrixProduct product = product(in.shape(0), in.shape(1));
        Optional<long[]> addend = product.addendStrides(in.has(3) ? in.shape(3) : product.result);
        if (!product.result.equals(out.get(0).shape()) || addend.isEmpty()) {
            return Optional.empty();
        }
        MatrixLaunch launch =
                new MatrixLaunch(product, in.dtype(0)).scaled(alpha).then(activation);
        if (in.has(2)) {
            launch.plus(2, 1, 0, in.shape(2).elements() == 1 ? 0 : 1);
        }
        if (in.has(3)) {
            launch.plus(3, addend.get(), addLast);
        }
        return launch.launch(in);
    }

    @Override
    public Optional<Launch.Pack> pack(int index, TensorType weight) {
        return index == 1 ? MatrixLaunch.pack(weight, right()) : Optional.empty();
    }
}
