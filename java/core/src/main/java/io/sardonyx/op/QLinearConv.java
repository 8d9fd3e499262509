package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@link Conv} of quantised bytes: {@code y = saturate(round((b[m] + Σ (x - x_zero) · (w - w_zero)) · x_scale · w_scale /
 * y_scale) + y_zero)}, halves rounded to even. Scale and zero point of W are one number or one for each filter.
 *
 * <p>ONNX QLinearConv, opset 10. Inputs x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, optional B
 * (int32).
 */
public record QLinearConv(long group, Window window) implements TensorOperator {
    static QLinearConv read(Attributes attributes) {
        return new QLinearConv(attributes.getInt("group", 1), Window.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Quantized.requireBytes(name(), "x", in, 0);
        Quantized.requireBytes(name(), "w", in, 3);
        Quantized.requireBytes(name(), "y_zero_point", in, 7);
        Convolution convolution = Convolution.of(name(), window, group, in.shape(0), in.shape(3));
        long filters = in.shape(3).size(0);
        Quantized.requireParameter(name(), "x_scale", in, 1, DType.FLOAT32, 1);
        Quantized.requireParameter(name(), "x_zero_point", in, 2, in.dtype(0), 1);
        Quantized.requireParameter(name(), "w_scale", in, 4, DType.FLOAT32, filters);
        Quantized.requireParameter(name(), "w_zero_point", in, 5, in.dtype(3), filters);
        Quantized.requireParameter(name(), "y_scale", in, 6, DType.FLOAT32, 1);
        Quantized.requireParameter(name(), "y_zero_point", in, 7, in.dtype(7), 1);
        Quantized.requireParameter(name(), "B", in, 8, DType.INT32, filters);
        Convolution.requireBias(name(), in, 8, in.shape(3));
        return List.of(new TensorType(in.dtype(7), convolution.output()));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        HostTensor wScale = in.get(4);
        double scale = in.get(1).getDouble(0) / in.get(6).getDouble(0);
        double zero = in.get(7).getDouble(0);
        Shape w = in.get(3).shape();
        Convolution.of(name(), window, group, in.get(0).shape(), w)
                .sums(Quantized.centred(in, 0, 2), Quantized.centred(in, 3, 5), (index, filter, sum) -> {
                    double biased = in.has(8) ? sum + in.get(8).getDouble(filter) : sum;
                    double value = biased * scale * wScale.getDouble(wScale.size() == 1 ? 0 : filter);
                    y.set(index, Quantized.saturate(y.dtype(), Math.rint(value) + zero));
                });
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Convolution convolution = Convolution.of(name(), window, group, in.shape(0), in.shape(3));
        return ConvolutionKernel.integers("qlinear_conv", convolution, 9);
    }
}
