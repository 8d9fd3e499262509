package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = LayerNormalization(words[id] + positions[p] + segments[segment]) · gamma + beta}, the first layer of BERT and GPT-2;
 * accumulates in double.
 *
 * <p>Inputs: ids {@code [B, S]}, segment ids?, words {@code [., H]}, positions {@code [., H]}, segments {@code [., H]}?, gamma
 * {@code [H]}, beta {@code [H]}, mask {@code [B, S]}?, position ids {@code [B or 1, S]}? (by default 0, 1, 2 …). Outputs: y
 * {@code [B, S, H]}; int32 {@code [B]}, the number of ones in each row of the mask (0 without a mask); the sum before it is
 * normalised. com.microsoft EmbedLayerNormalization, version 1.
 */
public record EmbedLayerNormalization(float epsilon) implements TensorOperator {
    static EmbedLayerNormalization read(Attributes attributes) {
        return new EmbedLayerNormalization(attributes.getFloat("epsilon", 1e-12f));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape ids = in.shape(0);
        if (!in.dtype(0).isInteger() || ids.rank() != 2) {
            throw new IllegalArgumentException(
                    "EmbedLayerNormalization: ids: expected integers [B, S], given " + in.get(0));
        }
        for (int i : new int[] {1, 7, 8}) {
            boolean fits = !in.has(i)
                    || in.dtype(i).isInteger()
                            && (in.shape(i).equals(ids) || i == 8 && in.shape(i).equals(Shape.of(1, ids.size(1))));
            if (!fits) {
                throw new IllegalArgumentException(
                        "EmbedLayerNormalization: input " + i + ": expected integers " + ids + ", given " + in.get(i));
            }
        }
        TensorType words = in.get(2);
        long hidden = words.shape().rank() == 2 ? words.shape().size(1) : 0;
        for (int i = 2; i <= 6; i++) {
            boolean table = i <= 4;
            boolean optional = i == 4 && !in.has(1);
            if (optional && !in.has(4)) {
                continue;
            }
            Shape shape = in.shape(i);
            if (!in.dtype(i).isFloat()
                    || hidden == 0
                    || shape.rank() != (table ? 2 : 1)
                    || shape.size(shape.rank() - 1) != hidden) {
                throw new IllegalArgumentException("EmbedLayerNormalization: input " + i + ": expected floats "
                        + (table ? "[., " : "[") + hidden + "], given " + in.get(i));
            }
        }
        if (!in.has(8) && in.shape(3).size(0) < ids.size(1)) {
            throw new IllegalArgumentException(
                    "EmbedLayerNormalization: expected positions for " + ids.size(1) + " tokens, given " + in.get(3));
        }
        TensorType y = words.with(ids.concat(Shape.of(hidden)));
        return List.of(y, TensorType.of(DType.INT32, ids.size(0)), y).subList(0, in.outputs());
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor ids = in.get(0);
        int hidden = (int) in.get(2).shape().size(1);
        int length = (int) ids.shape().size(1);
        for (int token = 0; token < ids.size(); token++) {
            double[] sum = new double[hidden];
            add(sum, in.get(2), ids.getLong(token));
            add(sum, in.get(3), in.has(8) ? in.get(8).getLong(token % in.get(8).size()) : token % length);
            if (in.has(1)) {
                add(sum, in.get(4), in.get(1).getLong(token));
            }
            var normal = RowNormalization.of(sum, epsilon, true);
            for (int i = 0; i < hidden; i++) {
                double y = normal.apply(sum[i]) * in.get(5).getDouble(i)
                        + in.get(6).getDouble(i);
                out.get(0).set(token * hidden + i, y);
                if (out.size() > 2) {
                    out.get(2).set(token * hidden + i, sum[i]);
                }
            }
        }
        if (out.size() > 1) {
            countMask(in, out.get(1), length);
        }
    }

    private static void add(double[] sum, HostTensor table, long row) {
        long rows = table.shape().size(0);
        if (row < 0 || row >= rows) {
            throw new IllegalArgumentException(
                    "EmbedLayerNormalization: index " + row + " is outside [0, " + rows + ")");
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] += table.getDouble((int) row * sum.length + i);
        }
    }

    private static void countMask(Inputs in, HostTensor counts, int length) {
        for (int batch = 0; batch < counts.size(); batch++) {
            long ones = 0;
            for (int i = 0; in.has(7) && i < length; i++) {
                ones += in.get(7).getLong(batch * length + i) == 1 ? 1 : 0;
            }
            counts.set(batch, ones);
        }
    }

    /** Without a mask, in float32. */
    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        boolean ids = List.of(0, 1, 8).stream()
                .allMatch(i -> !in.has(i) || in.dtype(i) == DType.INT32 || in.dtype(i) == DType.INT64);
        boolean floats = List.of(2, 3, 4, 5, 6).stream().allMatch(i -> !in.has(i) || in.dtype(i) == in.dtype(2));
        if (!ids || !floats || in.has(7)) {
            return Optional.empty();
        }
        boolean segments = in.has(1);
        boolean positions = in.has(8);
        Launch launch = Launch.of("embed_layer_normalization", in.dtype(2));
        List.of(0, 2, 3, 5, 6).forEach(launch::input);
        if (segments) {
            launch.input(1).input(4);
        }
        if (positions) {
            launch.input(8);
        }
        for (int o = 0; o < out.size(); o++) {
            launch.output(o);
        }
        long flags = (segments ? 1 : 0) | (positions ? 2 : 0) | (out.size() > 1 ? 4 : 0) | (out.size() > 2 ? 8 : 0);
        Shape tokens = in.shape(0);
        return Optional.of(launch.params(
                        tokens.elements(),
                        in.shape(2).size(1),
                        tokens.size(1),
                        positions ? in.shape(8).elements() : 0,
                        flags)
                .param((double) epsilon));
    }
}
