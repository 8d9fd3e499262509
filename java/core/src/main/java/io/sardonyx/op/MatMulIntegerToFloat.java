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
 * {@link MatMulInteger} back in floats: {@code Y = (A - a_zero_point) · (B - b_zero_point) · a_scale · b_scale + bias}. What
 * belongs to A is one number or one for each row, what belongs to B one number or one for each column.
 *
 * <p>{@code com.microsoft} MatMulIntegerToFloat. Inputs A, B, a_scale, b_scale, optional a_zero_point, optional b_zero_point,
 * optional bias {@code [N]}; the scales' type is the result's. The sum is exact.
 */
public record MatMulIntegerToFloat() implements TensorOperator {
    private static final IntegerProduct PRODUCT = new IntegerProduct("MatMulIntegerToFloat", 0, 1, 4, 5);

    static MatMulIntegerToFloat read(Attributes attributes) {
        return new MatMulIntegerToFloat();
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
        return List.of(new TensorType(dtype, product.result));
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
        HostTensor aScale = in.get(2);
        HostTensor bScale = in.get(3);
        IntUnaryOperator row = IntegerProduct.rows(aScale.shape(), y.shape());
        IntUnaryOperator column = IntegerProduct.columns(bScale.shape(), y.shape());
        for (int i = 0; i < sums.length; i++) {
            double value = sums[i] * (aScale.getDouble(row.applyAsInt(i)) * bScale.getDouble(column.applyAsInt(i)));
            y.set(i, in.has(6) ? value + in.get(6).getDouble(i % in.get(6).size()) : value);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return new IntegerLaunch(PRODUCT, in)
                .scaled(2, 3)
                .plus(6)
                .launch(out.get(0).dtype());
    }
}
