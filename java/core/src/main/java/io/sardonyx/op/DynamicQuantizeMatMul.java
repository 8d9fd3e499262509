package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * {@link DynamicQuantizeLinear} of A, then {@link MatMulIntegerToFloat} with B.
 *
 * <p>{@code com.microsoft} DynamicQuantizeMatMul. Inputs A (float32), B, b_scale, optional b_zero_point, optional bias.
 */
public record DynamicQuantizeMatMul() implements TensorOperator {
    static DynamicQuantizeMatMul read(Attributes attributes) {
        return new DynamicQuantizeMatMul();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.dtype(0) != DType.FLOAT32) {
            throw new IllegalArgumentException(name() + ": A: expected float32, given " + in.get(0));
        }
        Quantized.requireBytes(name(), "B", in, 1);
        IntegerProduct parameters = new IntegerProduct(name(), 0, 1, IntegerProduct.NONE, 3);
        MatrixProduct product = parameters.infer(in);
        parameters.requireColumns(in, "b_scale", 2, DType.FLOAT32);
        MatMulIntegerToFloat.requireBias(name(), in, 4, DType.FLOAT32, product.n);
        return List.of(in.get(0).with(product.result));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        var quantize = new DynamicQuantizeLinear();
        Inputs a = Inputs.of(in.get(0));
        List<HostTensor> quantized =
                quantize.infer(a.types(3)).stream().map(HostTensor::allocate).toList();
        quantize.reference(a, quantized);
        MatMulIntegerToFloat.PLAIN.reference(
                Inputs.of(
                        quantized.get(0),
                        in.get(1),
                        quantized.get(1),
                        in.get(2),
                        quantized.get(2),
                        in.has(3) ? in.get(3) : null,
                        in.has(4) ? in.get(4) : null),
                out);
    }
}
