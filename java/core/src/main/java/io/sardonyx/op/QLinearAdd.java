package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * {@link Add} of quantised bytes: {@code c = saturate(round(((a - a_zero) · a_scale + (b - b_zero) · b_scale) / c_scale) + c_zero)},
 * halves rounded to even. Shapes broadcast; scales and zero points are for whole tensors.
 *
 * <p>{@code com.microsoft} QLinearAdd. Inputs A, A_scale, A_zero_point, B, B_scale, B_zero_point, C_scale, C_zero_point; an absent zero
 * point is 0. A, B and C are int8 or uint8, here each for itself.
 */
public record QLinearAdd() implements TensorOperator {
    private static final int A = 0;
    private static final int B = 3;
    private static final int C_SCALE = 6;
    private static final int C_ZERO = 7;

    static QLinearAdd read(Attributes attributes) {
        return new QLinearAdd();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Quantized.requireBytes(name(), "A", in, A);
        Quantized.requireBytes(name(), "B", in, B);
        DType c = in.has(C_ZERO) ? in.dtype(C_ZERO) : in.dtype(A);
        Quantized.requireScalars(name(), "A", in, A + 1, in.dtype(A));
        Quantized.requireScalars(name(), "B", in, B + 1, in.dtype(B));
        Quantized.requireScalars(name(), "C", in, C_SCALE, c);
        return List.of(new TensorType(c, Broadcast.shape(name(), in.shape(A), in.shape(B))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor c = out.get(0);
        double[] a = Quantized.centred(in, A, A + 2);
        double[] b = Quantized.centred(in, B, B + 2);
        double aScale = in.get(A + 1).getDouble(0);
        double bScale = in.get(B + 1).getDouble(0);
        double scale = in.get(C_SCALE).getDouble(0);
        double zero = in.has(C_ZERO) ? in.get(C_ZERO).getDouble(0) : 0;
        IntUnaryOperator aAt = Broadcast.positions(in.get(A).shape(), c.shape());
        IntUnaryOperator bAt = Broadcast.positions(in.get(B).shape(), c.shape());
        for (int i = 0; i < c.size(); i++) {
            double sum = a[aAt.applyAsInt(i)] * aScale + b[bAt.applyAsInt(i)] * bScale;
            Quantized.quantize(c, i, sum / scale, zero, true);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (!in.shape(A).equals(in.shape(B))) {
            return Optional.empty();
        }
        Launch launch = Launch.ofKey("qlinear_add");
        for (int i = 0; i <= C_ZERO; i++) {
            launch.input(i);
        }
        return Optional.of(launch.output(0));
    }

    @Override
    public boolean elementwise() {
        return true;
    }
}
