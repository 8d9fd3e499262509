package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * {@link MatMulInteger} back in floats: {@code Y = f((A - a_zero_point) · (B - b_zero_point) · a_scale · b_scale + bias) + Z}
 * with an activation {@code f}. What belongs to A is one number or one for each row, what belongs to B one number or one for each
 * column; Z broadcasts.
 *
 * <p>{@code com.microsoft} MatMulIntegerToFloat, which has neither activation nor Z, and {@code io.sardonyx}'s, what rewrites make
 * of MatMulInteger, Cast, Mul, Add, Gelu …. Inputs A, B, a_scale, b_scale, optional a_zero_point, optional b_zero_point, optional
 * bias {@code [N]}, optional Z; the scales' type is the result's. The sum is exact.
 */
public record MatMulIntegerToFloat(Activation activation) implements TensorOperator {
    /** No activation. */
    public static final MatMulIntegerToFloat PLAIN = new MatMulIntegerToFloat(Activation.NONE);

    private static final IntegerProduct PRODUCT = new IntegerProduct("MatMulIntegerToFloat", 0, 1, 4, 5);
    private static final int Z = 7;

    static MatMulIntegerToFloat read(Attributes attributes) {
        return new MatMulIntegerToFloat(Activation.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Quantized.requireBytes(name(), "A", in, 0);
        Quantized.requireBytes(name(), "B", in, 1);
        MatrixProduct product = PRODUCT.infer(in);
        DType dtype = in.dtype(2);
        if (!dtype.isFloat()) {
            throw new IllegalArgumentException(name() + ": a_scale: expected a float type, given " + in.get(2));
        }
        PRODUCT.requireRows(in, "a_scale", 2, dtype);
        PRODUCT.requireColumns(in, "b_scale", 3, dtype);
        requireBias(name(), in, 6, dtype, product.n);
        TensorType y = new TensorType(dtype, product.result);
        if (in.has(Z) && in.dtype(Z) != dtype) {
            throw new IllegalArgumentException(name() + ": Z: expected " + y + ", given " + in.get(Z));
        }
        return List.of(in.has(Z) ? y.with(Broadcast.shape(name(), y.shape(), in.shape(Z))) : y);
    }

    static void requireBias(String operator, InputTypes in, int input, DType dtype, long n) {
        if (in.has(input) && !in.get(input).equals(new TensorType(dtype, Shape.of(n)))) {
            throw new IllegalArgumentException(
                    operator + ": bias: expected " + new TensorType(dtype, Shape.of(n)) + ", given " + in.get(input));
        }
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        double[] sums = PRODUCT.sums(in);
        Shape result = PRODUCT.infer(in.types(1)).result;
        HostTensor aScale = in.get(2);
        HostTensor bScale = in.get(3);
        IntUnaryOperator row = IntegerProduct.rows(aScale.shape(), result);
        IntUnaryOperator column = IntegerProduct.columns(bScale.shape(), result);
        IntUnaryOperator sumAt = Broadcast.positions(result, y.shape());
        IntUnaryOperator zAt = in.has(Z) ? Broadcast.positions(in.get(Z).shape(), y.shape()) : i -> i;
        for (int i = 0; i < y.size(); i++) {
            int at = sumAt.applyAsInt(i);
            double value = sums[at] * (aScale.getDouble(row.applyAsInt(at)) * bScale.getDouble(column.applyAsInt(at)));
            if (in.has(6)) {
                value += in.get(6).getDouble(at % in.get(6).size());
            }
            value = activation.apply(value);
            y.set(i, in.has(Z) ? value + in.get(Z).getDouble(zAt.applyAsInt(i)) : value);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        MatrixProduct product = PRODUCT.infer(in);
        Optional<long[]> addend = product.addendStrides(in.has(Z) ? in.shape(Z) : product.result);
        if (!product.result.equals(out.get(0).shape()) || addend.isEmpty()) {
            return Optional.empty();
        }
        IntegerLaunch launch =
                new IntegerLaunch(PRODUCT, in).scaled(2, 3).plus(6).then(activation);
        if (in.has(Z)) {
            launch.thenPlus(Z, addend.get());
        }
        return launch.launch(out.get(0).dtype());
    }
}
