package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
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
        if (!(flatten && axis == in.shape(0).rank())) {
            in.shape(0).axis(axis);
        }
        return List.of(in.get(0));
    }

    /** The input as [outer, n, inner], normalised along n. */
    private long[] fold(Shape shape) {
        int at = flatten && axis == shape.rank() ? shape.rank() : shape.axis(axis);
        return flatten || shape.rank() == 0
                ? new long[] {shape.elements(0, at), shape.elements(at, shape.rank()), 1}
                : new long[] {shape.elements(0, at), shape.size(at), shape.elements(at + 1, shape.rank())};
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        long[] fold = fold(x.shape());
        int n = (int) fold[1];
        int inner = (int) fold[2];
        for (int row = 0; row < fold[0] * inner; row++) {
            int start = row / inner * n * inner + row % inner;
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < n; i++) {
                largest = Math.max(largest, x.getDouble(start + i * inner));
            }
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += Math.exp(x.getDouble(start + i * inner) - largest);
            }
            for (int i = 0; i < n; i++) {
                y.set(start + i * inner, Math.exp(x.getDouble(start + i * inner) - largest) / sum);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (in.dtype(0) != DType.FLOAT32) {
            return Optional.empty();
        }
        return Optional.of(Launch.of("softmax", in.dtype(0))
                .input(0)
                .output(0)
                .params(fold(in.shape(0)))
                .inPlace(0));
    }
}
