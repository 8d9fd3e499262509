package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Projection to Q, K and V, and attention: {@code [Q K V] = x·W + bias}, {@code y = softmax(scale · Q·Kᵀ + mask)·V} for each
 * head. com.microsoft Attention, version 1; accumulates in double.
 *
 * <p>Inputs: x [batch, length, inputs]; W [inputs, q + k + v sizes]; bias [q + k + v sizes]; a mask (int32, see {@link
 * MicrosoftMask}); the past K and V [2, batch, heads, past length, size], to which the new ones are appended; and a bias of the
 * scores that broadcasts to [batch, heads, length, total length]. Outputs: y [batch, length, v size], and K and V so far [2,
 * batch, heads, total length, size].
 *
 * @param unidirectional hides what comes after a query
 * @param maskValue what is added to a masked score
 * @param sizes the columns of Q, K and V; empty for a third of W's each
 * @param scale 0 for 1 / √size
 */
public record MicrosoftAttention(long heads, boolean unidirectional, float maskValue, List<Long> sizes, float scale)
        implements TensorOperator {
    private static final int WEIGHTS = 1;
    private static final int BIAS = 2;
    private static final int MASK = 3;
    private static final int PAST = 4;
    private static final int SCORE_BIAS = 5;

    static MicrosoftAttention read(Attributes attributes) {
        if (attributes.getFlag("do_rotary", false) || attributes.getFlag("past_present_share_buffer", false)) {
            throw new IllegalArgumentException("Attention: do_rotary and past_present_share_buffer are not supported");
        }
        return new MicrosoftAttention(
                attributes.getInt("num_heads"),
                attributes.getFlag("unidirectional", false),
                attributes.getFloat("mask_filter_value", -10000),
                java.util.Arrays.stream(attributes.getInts("qkv_hidden_sizes"))
                        .boxed()
                        .toList(),
                attributes.getFloat("scale", 0));
    }

    @Override
    public String name() {
        return "Attention";
    }

    private int columns(InputTypes in, int part) {
        return Math.toIntExact(sizes.isEmpty() ? in.shape(WEIGHTS).size(1) / 3 : sizes.get(part));
    }

    private static int past(InputTypes in) {
        return in.has(PAST) ? (int) in.shape(PAST).size(3) : 0;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        Shape weights = in.shape(WEIGHTS);
        if (!in.dtype(0).isFloat()
                || x.rank() != 3
                || weights.rank() != 2
                || weights.size(0) != x.size(2)
                || !(sizes.isEmpty() || sizes.size() == 3)) {
            throw new IllegalArgumentException(
                    "Attention: expected float [batch, length, inputs] and [inputs, columns], given " + in.get(0)
                            + " and " + in.get(WEIGHTS));
        }
        int q = columns(in, 0);
        int k = columns(in, 1);
        int v = columns(in, 2);
        if (heads <= 0 || q != k || q % heads != 0 || v % heads != 0 || (long) q + k + v != weights.size(1)) {
            throw new IllegalArgumentException("Attention: " + heads + " heads of " + q + ", " + k + " and " + v
                    + " columns do not fit " + in.get(WEIGHTS));
        }
        if (in.has(BIAS) && !in.shape(BIAS).equals(weights.slice(1, 2))) {
            throw new IllegalArgumentException(
                    "Attention: bias: expected " + weights.slice(1, 2) + ", given " + in.get(BIAS));
        }
        Shape present = Shape.of(2, x.size(0), heads, x.size(1), q / heads);
        if ((in.has(PAST) || in.outputs() > 1) && q != v) {
            throw new IllegalArgumentException(
                    "Attention: K of " + k + " and V of " + v + " columns have no common past");
        }
        if (in.has(PAST)) {
            if (in.shape(PAST).rank() != 5 || !in.shape(PAST).with(3, 0).equals(present.with(3, 0))) {
                throw new IllegalArgumentException(
                        "Attention: past: expected " + present + " but for the length, given " + in.get(PAST));
            }
            present = present.with(3, Math.addExact(in.shape(PAST).size(3), x.size(1)));
        }
        Shape scores = Shape.of(x.size(0), heads, x.size(1), present.size(3));
        if (in.has(MASK)) {
            MicrosoftMask.check(name(), in.get(MASK), scores);
        }
        if (in.has(SCORE_BIAS) && !in.shape(SCORE_BIAS).broadcast(scores).equals(scores)) {
            throw new IllegalArgumentException(
                    "Attention: attention_bias: expected to broadcast to " + scores + ", given " + in.get(SCORE_BIAS));
        }
        return List.of(in.get(0).with(x.with(2, v)), in.get(0).with(present)).subList(0, in.outputs());
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        InputTypes types = in.types(out.size());
        HostTensor projected = projected(in);
        int headSize = (int) (columns(types, 0) / heads);
        int valueSize = (int) (columns(types, 2) / heads);
        int count = (int) heads;
        Heads q = Heads.columns(projected, 0, count, headSize);
        Heads k = Heads.columns(projected, count * headSize, count, headSize);
        Heads v = Heads.columns(projected, 2 * count * headSize, count, valueSize);
        int past = past(types);
        if (past > 0 || out.size() > 1) {
            TensorType type = TensorType.of(DType.FLOAT64, 2, q.batch(), count, past + q.rows(), headSize);
            HostTensor present = HostTensor.allocate(type);
            k = appended(in, k, present, 0);
            v = appended(in, v, present, 1);
            if (out.size() > 1) {
                out.get(1).setAll(present.toDoubles());
            }
        }
        double factor = scale == 0 ? 1 / Math.sqrt(headSize) : scale;
        new AttentionCore(factor, 0, bias(in, q.batch(), q.rows(), past))
                .run(q, k, v, Heads.columns(out.get(0), count));
    }

    /** {@code x·W + bias}, a float64 tensor. */
    private static HostTensor projected(Inputs in) {
        HostTensor x = in.get(0);
        Shape shape = x.shape();
        double[] weights = in.get(WEIGHTS).toDoubles();
        int inputs = (int) shape.size(2);
        int columns = (int) in.get(WEIGHTS).shape().size(1);
        HostTensor result = HostTensor.allocate(new TensorType(DType.FLOAT64, shape.with(2, columns)));
        for (int row = 0; row < shape.size(0) * shape.size(1); row++) {
            for (int c = 0; c < columns; c++) {
                double sum = in.has(BIAS) ? in.get(BIAS).getDouble(c) : 0;
                for (int i = 0; i < inputs; i++) {
                    sum += x.getDouble(row * inputs + i) * weights[i * columns + c];
                }
                result.set(row * columns + c, sum);
            }
        }
        return result;
    }

    /** The past rows of K (0) or V (1), then {@code rows}, stored in that half of {@code present}. */
    private static Heads appended(Inputs in, Heads rows, HostTensor present, int half) {
        Heads all = half(present, half);
        int past = all.rows() - rows.rows();
        for (int b = 0; b < all.batch(); b++) {
            for (int h = 0; h < all.heads(); h++) {
                for (int r = 0; r < all.rows(); r++) {
                    for (int i = 0; i < all.size(); i++) {
                        double value =
                                r < past ? half(in.get(PAST), half).get(b, h, r, i) : rows.get(b, h, r - past, i);
                        all.set(b, h, r, i, value);
                    }
                }
            }
        }
        return all;
    }

    private static Heads half(HostTensor present, int half) {
        Shape s = present.shape();
        int rows = (int) s.size(3);
        int size = (int) s.size(4);
        int count = (int) s.size(2);
        int batch = (int) s.size(1);
        return new Heads(
                present,
                half * batch * count * rows * size,
                new HeadLayout(batch, count, rows, size, (long) count * rows * size, (long) rows * size, size));
    }

    private AttentionCore.Bias bias(Inputs in, int batch, int length, int past) {
        List<AttentionCore.Bias> terms = new ArrayList<>();
        if (in.has(MASK)) {
            terms.add(MicrosoftMask.bias(in.get(MASK), batch, past, length, maskValue));
        }
        if (in.has(SCORE_BIAS)) {
            terms.add(AttentionCore.of(in.get(SCORE_BIAS)));
        }
        return (b, h, s, t) -> {
            if (unidirectional && t > s + past) {
                return -Float.MAX_VALUE;
            }
            double sum = 0;
            for (AttentionCore.Bias term : terms) {
                sum += term.at(b, h, s, t);
            }
            return sum;
        };
    }
}
