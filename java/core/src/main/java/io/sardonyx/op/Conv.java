package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y[n, m, o…] = b[m] + Σ x[n, c, o · stride - pad + t · dilation…] · w[m, c, t…]}: X is [N, C, spatial axes], W is
 * [M, C / group, kernel], optional B is [M]; filters {@code m} of a group see the channels of that group. Accumulates in double
 * (reference) or float32 (kernels).
 *
 * <p>ONNX Conv, opsets 1, 11, 22.
 */
public record Conv(long group, Window window) implements TensorOperator {
    static Conv read(Attributes attributes) {
        return new Conv(attributes.getInt("group", 1), Window.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return List.of(in.get(0).with(shapes(name(), in).output()));
    }

    /** Checks types and shapes of X, W and B. */
    Convolution shapes(String operator, InputTypes in) {
        if (!in.dtype(0).isFloat() || in.dtype(1) != in.dtype(0) || (in.has(2) && in.dtype(2) != in.dtype(0))) {
            throw new IllegalArgumentException(operator + ": expected X, W and B of one float type, given " + in.get(0)
                    + ", " + in.get(1) + (in.has(2) ? ", " + in.get(2) : ""));
        }
        Convolution convolution = Convolution.of(operator, window, group, in.shape(0), in.shape(1));
        Convolution.requireBias(operator, in, 2, in.shape(1));
        return convolution;
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        convolve(in, (index, sum) -> out.get(0).set(index, sum));
    }

    /** Receives an output element. */
    interface Sink {
        void accept(int index, double value);
    }

    void convolve(Inputs in, Sink sink) {
        double[] bias = in.has(2) ? in.get(2).toDoubles() : null;
        Convolution.of(name(), window, group, in.get(0).shape(), in.get(1).shape())
                .sums(
                        in.get(0).toDoubles(),
                        in.get(1).toDoubles(),
                        (index, filter, sum) -> sink.accept(index, bias == null ? sum : sum + bias[filter]));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return launch(in, Activation.NONE, false);
    }

    /** With a residual as input 3, if that is there. */
    Optional<Launch> launch(InputTypes in, Activation activation, boolean addLast) {
        return ConvolutionKernel.launch(in.dtype(0), shapes(name(), in), in.constant(1), activation, addLast);
    }
}
