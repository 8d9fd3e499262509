package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y[..., i, ...] = exp(x[..., i, ...] - max) / Σ exp(x[..., j, ...] - max)} over axis {@code axis}; accumulates in
 * double (reference) or float32 (kernels).
 *
 * <p>ONNX Softmax, opsets 1 to 13. Before 13 the input is seen as a matrix, cut in two at {@code axis}, and a row of it is
 * normalised ({@code flatten}).
 */
public record Softmax(long axis, boolean flatten) implements TensorOperator {
    static Softmax read(Attributes attributes) {
        boolean flatten = attributes.opset() < 13;
        return new Softmax(attributes.getInt("axis", flatten ? 1 : -1), flatten);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat()) {
            throw new IllegalArgumentException("Softmax: expected a float type, given " + in.get(0));
        }
        fold(in.shape(0));
        return List.of(in.get(0));
    }

    private AxisFold fold(Shape shape) {
        return flatten ? AxisFold.flattened(shape, axis) : AxisFold.of(shape, axis);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        AxisFold fold = fold(x.shape());
        int n = fold.length();
        int step = fold.step();
        for (int lane = 0; lane < fold.lanes(); lane++) {
            int start = fold.start(lane);
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                largest = Math.max(largest, x.getDouble(start + i * step));
            }
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += Math.exp(x.getDouble(start + i * step) - largest);
            }
            for (int i = 0; i < n; i++) {
                y.set(start + i * step, Math.exp(x.getDouble(start + i * step) - largest) / sum);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (in.shape(0).rank() > 8) {
            return Optional.empty();
        }
        return Optional.of(Launch.of("softmax", in.dtype(0))
                .input(0)
                .output(0)
                .params(fold(in.shape(0)).toArray())
                .inPlace(0));
    }
}
