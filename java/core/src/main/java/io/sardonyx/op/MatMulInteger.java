package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@link MatMul} of bytes: {@code Y = (A - a_zero_point) · (B - b_zero_point)} in int32, which wraps around. {@code
 * a_zero_point} is one number or one for each row of A, {@code b_zero_point} one number or one for each column of B.
 *
 * <p>ONNX MatMulInteger, opset 10. Inputs A, B, optional a_zero_point, optional b_zero_point.
 */
public record MatMulInteger() implements TensorOperator {
    private static final IntegerProduct PRODUCT = new IntegerProduct("MatMulInteger", 0, 1, 2, 3);

    static MatMulInteger read(Attributes attributes) {
        return new MatMulInteger();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Quantized.requireBytes(name(), "A", in, 0);
        Quantized.requireBytes(name(), "B", in, 1);
        return List.of(new TensorType(DType.INT32, PRODUCT.infer(in).result));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        double[] sums = PRODUCT.sums(in);
        for (int i = 0; i < sums.length; i++) {
            out.get(0).set(i, (long) sums[i]);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return new IntegerLaunch(PRODUCT, in).launch(DType.INT32);
    }
}
