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
 * {@link MatMul} of quantised numbers: {@code y = saturate(round(Σ (a - a_zero) · (b - b_zero) · a_scale · b_scale / y_scale) +
 * y_zero)}, halves rounded to even. What belongs to a or y is one number or one for each row, what belongs to b one number or
 * one for each column.
 *
 * <p>ONNX QLinearMatMul, opsets 10, 21. Inputs a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point; int8,
 * uint8 and float8.
 */
public record QLinearMatMul() implements TensorOperator {
    private static final IntegerProduct PRODUCT = new IntegerProduct("QLinearMatMul", 0, 3, 2, 5);

    static QLinearMatMul read(Attributes attributes) {
        return new QLinearMatMul();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        for (int operand : new int[] {0, 3, 7}) {
            if (!isQuantized(in.dtype(operand))) {
                throw new IllegalArgumentException(
                        name() + ": expected int8, uint8 or a float8 type, given " + in.get(operand));
            }
        }
        MatrixProduct product = PRODUCT.infer(in);
        DType scale = in.dtype(1);
        if (scale != DType.FLOAT32 && scale != DType.FLOAT16 && scale != DType.BFLOAT16) {
            throw new IllegalArgumentException(
                    name() + ": a_scale: expected float32, float16 or bfloat16, given " + in.get(1));
        }
        PRODUCT.requireRows(in, "a_scale", 1, scale);
        PRODUCT.requireColumns(in, "b_scale", 4, scale);
        PRODUCT.requireRows(in, "y_scale", 6, scale);
        PRODUCT.requireRows(in, "y_zero_point", 7, in.dtype(7));
        return List.of(new TensorType(in.dtype(7), product.result));
    }

    private static boolean isQuantized(DType dtype) {
        return switch (dtype) {
            case INT8, UINT8, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> true;
            default -> false;
        };
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        Shape shape = y.shape();
        double[] sums = PRODUCT.sums(in);
        IntUnaryOperator aScale = IntegerProduct.rows(in.get(1).shape(), shape);
        IntUnaryOperator bScale = IntegerProduct.columns(in.get(4).shape(), shape);
        IntUnaryOperator yScale = IntegerProduct.rows(in.get(6).shape(), shape);
        IntUnaryOperator yZero = IntegerProduct.rows(in.get(7).shape(), shape);
        for (int i = 0; i < sums.length; i++) {
            double scale = in.get(1).getDouble(aScale.applyAsInt(i))
                    * in.get(4).getDouble(bScale.applyAsInt(i))
                    / in.get(6).getDouble(yScale.applyAsInt(i));
            Quantized.quantize(y, i, sums[i] * scale, in.get(7).getDouble(yZero.applyAsInt(i)), true);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return new IntegerLaunch(PRODUCT, in)
                .scaled(1, 4)
                .quantized(6, 7)
                .launch(out.get(0).dtype());
    }
}
