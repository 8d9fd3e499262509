package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@link Conv} of bytes: {@code y = Σ (x - x_zero_point) · (w - w_zero_point)} in int32, which wraps around; padding counts as
 * zero. {@code w_zero_point} is one number or one for each filter.
 *
 * <p>ONNX ConvInteger, opset 10. Inputs X, W, optional x_zero_point, optional w_zero_point.
 */
public record ConvInteger(long group, Window window) implements TensorOperator {
    static ConvInteger read(Attributes attributes) {
        return new ConvInteger(attributes.getInt("group", 1), Window.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Quantized.requireBytes(name(), "X", in, 0);
        Quantized.requireBytes(name(), "W", in, 1);
        Quantized.requireParameter(name(), "x_zero_point", in, 2, in.dtype(0), 1);
        Quantized.requireParameter(
                name(),
                "w_zero_point",
                in,
                3,
                in.dtype(1),
                in.shape(1).rank() == 0 ? 1 : in.shape(1).size(0));
        Shape y =
                Convolution.of(name(), window, group, in.shape(0), in.shape(1)).output();
        return List.of(new TensorType(DType.INT32, y));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Convolution.of(name(), window, group, in.get(0).shape(), in.get(1).shape())
                .sums(Quantized.centred(in, 0, 2), Quantized.centred(in, 1, 3), (index, filter, sum) -> out.get(0)
                        .set(index, (long) sum));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Convolution convolution = Convolution.of(name(), window, group, in.shape(0), in.shape(1));
        return ConvolutionKernel.integers("conv_integer", convolution, 4);
    }
}
