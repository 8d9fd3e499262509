package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code Y[…, i, j] = Σ A[…, i, p] · B[…, p, j]} for A {@code […, M, K]} and B {@code […, K, N]}, as NumPy's matmul: the
 * leading axes broadcast; a vector on the left is a row, on the right a column, and the result lacks that axis.
 *
 * <p>ONNX MatMul, opsets 1, 9, 13. Floats are summed up in double (reference) or float32 (kernels); integers wrap around.
 */
public record MatMul() implements TensorOperator {
    static MatMul read(Attributes attributes) {
        return new MatMul();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        requireOperands(name(), in);
        return List.of(in.get(0).with(MatrixProduct.of(name(), in.shape(0), in.shape(1)).result));
    }

    /** Checks that inputs 0 and 1 are of one type that matrices are multiplied in. */
    static void requireOperands(String operator, InputTypes in) {
        boolean multiplies =
                switch (in.dtype(0)) {
                    case FLOAT32, FLOAT64, FLOAT16, BFLOAT16, INT32, INT64, UINT32, UINT64 -> true;
                    default -> false;
                };
        if (!multiplies || in.dtype(1) != in.dtype(0)) {
            throw new IllegalArgumentException(operator
                    + ": expected two tensors of one type, a float of 16 bits or more or an integer of 32 or 64, given "
                    + in.get(0) + " and " + in.get(1));
        }
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor a = in.get(0);
        HostTensor b = in.get(1);
        MatrixProduct product = MatrixProduct.of(name(), a.shape(), b.shape());
        if (a.dtype().isFloat()) {
            out.get(0).setAll(product.multiply(a.toDoubles(), b.toDoubles()));
        } else {
            out.get(0).setAll(product.multiply(a.toLongs(), b.toLongs()));
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return new MatrixLaunch(MatrixProduct.of(name(), in.shape(0), in.shape(1)), in.dtype(0)).launch(in);
    }

    @Override
    public Optional<Launch.Pack> pack(int index, TensorType weight) {
        return index == 1 ? MatrixLaunch.pack(weight, MatrixProduct.Transposition.NONE) : Optional.empty();
    }
}
