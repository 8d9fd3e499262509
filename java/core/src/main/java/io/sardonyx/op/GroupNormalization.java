package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = (x - mean) / √(variance + epsilon) · scale + bias}, mean and variance over each of {@code groups} groups of channels
 * of each sample; x is {@code [N, C, ...]}. Accumulates in double.
 *
 * <p>ONNX GroupNormalization, opsets 18 and 21. Scale and bias hold one value per channel since 21, before one per group
 * ({@code perGroup}).
 */
public record GroupNormalization(long groups, float epsilon, boolean perGroup) implements TensorOperator {
    static GroupNormalization read(Attributes attributes) {
        return new GroupNormalization(
                attributes.getInt("num_groups"), attributes.getFloat("epsilon", 1e-5f), attributes.opset() < 21);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape shape = in.shape(0);
        if (shape.rank() < 2 || !in.dtype(0).isFloat()) {
            throw new IllegalArgumentException("GroupNormalization: expected floats [N, C, ...], given " + in.get(0));
        }
        if (groups < 1 || shape.size(1) % groups != 0) {
            throw new IllegalArgumentException(
                    "GroupNormalization: " + shape.size(1) + " channels do not fall into " + groups + " groups");
        }
        long expected = perGroup ? groups : shape.size(1);
        for (int i = 1; i <= 2; i++) {
            if (!in.dtype(i).isFloat() || !in.shape(i).equals(Shape.of(expected))) {
                throw new IllegalArgumentException("GroupNormalization: " + (i == 1 ? "scale" : "bias") + ": expected ["
                        + expected + "], given " + in.get(i));
            }
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor scale = in.get(1);
        HostTensor bias = in.get(2);
        if (x.size() == 0) {
            return;
        }
        int channels = (int) x.shape().size(1);
        int plane = (int) x.shape().elements(2, x.shape().rank());
        int row = (int) (channels / groups) * plane;
        double[] values = new double[row];
        for (int start = 0; start < x.size(); start += row) {
            for (int i = 0; i < row; i++) {
                values[i] = x.getDouble(start + i);
            }
            var normal = RowNormalization.of(values, epsilon, true);
            for (int i = 0; i < row; i++) {
                int channel = (start + i) / plane % channels;
                int at = perGroup ? (int) (channel / (channels / groups)) : channel;
                out.get(0).set(start + i, normal.apply(values[i]) * scale.getDouble(at) + bias.getDouble(at));
            }
        }
    }

    /**
     * Scratch for a GPU, whose kernel cuts long groups: 8 bytes for each part of 8 Ki elements; shared with {@link
     * InstanceNormalization}.
     */
    static long partBytes(long groups, long elements) {
        long part = 1 << 13;
        return elements <= part ? 0 : 8 * groups * ((elements + part - 1) / part);
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape shape = in.shape(0);
        if (in.dtype(1) != in.dtype(0) || in.dtype(2) != in.dtype(0) || shape.elements() == 0 || shape.rank() > 8) {
            return Optional.empty();
        }
        return Optional.of(Launch.of("group_normalization", in.dtype(0))
                .input(0)
                .input(1)
                .input(2)
                .output(0)
                .params(shape.size(0), groups, shape.size(1) / groups, shape.elements(2, shape.rank()))
                .param(perGroup ? 1 : 0)
                .param((double) epsilon)
                .scratch(partBytes(shape.size(0) * groups, shape.size(1) / groups * shape.elements(2, shape.rank())))
                .inPlace(0));
    }
}
