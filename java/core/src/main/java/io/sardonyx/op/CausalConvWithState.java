package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Locale;

/**
 * A convolution over time that sees the past only, one filter for each channel: with {@code s} the past state followed by x,
 * {@code y[n, c, t] = f(bias[c] + Σ s[n, c, t + k] · w[c, 0, k])}; the state that follows is the last {@code K - 1} elements of
 * {@code s}. Accumulates in double.
 *
 * <p>ONNX CausalConvWithState, opset 27. Inputs x [N, C, L], w [C, 1, K], optional bias [C], optional past_state [N, C, K - 1]
 * (zero if absent). Outputs y and present_state.
 */
public record CausalConvWithState(Activation activation) implements TensorOperator {
    static CausalConvWithState read(Attributes attributes) {
        String name = attributes.getString("activation", "none").toLowerCase(Locale.ROOT);
        return new CausalConvWithState(
                switch (name) {
                    case "none", "" -> Activation.NONE;
                    case "silu", "swish" -> Activation.SILU;
                    default ->
                        throw new IllegalArgumentException(
                                "CausalConvWithState: activation: expected none, silu or swish, given " + name);
                });
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        Shape w = in.shape(1);
        if (x.rank() != 3 || w.rank() != 3 || !w.slice(0, 2).equals(Shape.of(x.size(1), 1)) || w.size(2) < 1) {
            throw new IllegalArgumentException(
                    "CausalConvWithState: expected x [N, C, L] and w [C, 1, K], given " + x + " and " + w);
        }
        Shape state = Shape.of(x.size(0), x.size(1), w.size(2) - 1);
        for (int i = 0; i < in.size(); i++) {
            if (in.has(i) && (!in.dtype(i).isFloat() || in.dtype(i) != in.dtype(0))) {
                throw new IllegalArgumentException("CausalConvWithState: input " + i
                        + ": expected a float type as x has, " + in.dtype(0) + ", given " + in.get(i));
            }
        }
        Convolution.requireBias("CausalConvWithState", in, 2, w);
        if (in.has(3) && !in.shape(3).equals(state)) {
            throw new IllegalArgumentException(
                    "CausalConvWithState: past_state: expected " + state + ", given " + in.shape(3));
        }
        return List.of(in.get(0), in.get(0).with(state)).subList(0, in.outputs());
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor w = in.get(1);
        int channels = (int) x.shape().size(1);
        int length = (int) x.shape().size(2);
        int kernel = (int) w.shape().size(2);
        double[] seen = new double[Math.addExact(kernel - 1, length)];
        for (int row = 0; row < x.shape().elements(0, 2); row++) {
            for (int i = 0; i < seen.length; i++) {
                seen[i] = i >= kernel - 1
                        ? x.getDouble(row * length + i - (kernel - 1))
                        : in.has(3) ? in.get(3).getDouble(row * (kernel - 1) + i) : 0;
            }
            int c = row % channels;
            for (int t = 0; t < length; t++) {
                double sum = in.has(2) ? in.get(2).getDouble(c) : 0;
                for (int k = 0; k < kernel; k++) {
                    sum += seen[t + k] * w.getDouble(c * kernel + k);
                }
                out.get(0).set(row * length + t, activation.apply(sum));
            }
            for (int i = 0; out.size() > 1 && i < kernel - 1; i++) {
                out.get(1).set(row * (kernel - 1) + i, seen[length + i]);
            }
        }
    }
}
