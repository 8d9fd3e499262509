package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Locale;

/**
 * Attention without a softmax: each head keeps a matrix S of key size × value size, which every step updates and reads.
 *
 * <pre>{@code
 * S = exp(decay) ⊙ S                 if gated: each row of S by its own factor
 * S = S + k ⊗ v                      or, with the delta rule, S + k ⊗ β(v - Sᵀk)
 * y = scale · Sᵀq
 * }</pre>
 *
 * <p>Inputs: q [batch, length, query heads · key size], k [batch, length, heads · key size], v [batch, length, heads · value
 * size], the past S [batch, heads, key size, value size] (absent: 0), the decay [batch, length, heads · key size] or [batch,
 * length, heads], and β [batch, length, heads] or [batch, length, 1]. Outputs: y [batch, length, query heads · value size] and
 * the last S. With fewer heads than query heads, neighbouring ones share a matrix. ONNX LinearAttention, opset 27 on;
 * accumulates in double.
 *
 * @param scale 0 for 1 / √key size
 */
public record LinearAttention(long queryHeads, long heads, float scale, Rule rule) implements TensorOperator {
    private static final int PAST = 3;
    private static final int DECAY = 4;
    private static final int BETA = 5;

    /** How a step updates the matrix. */
    public enum Rule {
        LINEAR(false, false),
        GATED(true, false),
        DELTA(false, true),
        GATED_DELTA(true, true);

        private final boolean gated;
        private final boolean delta;

        Rule(boolean gated, boolean delta) {
            this.gated = gated;
            this.delta = delta;
        }
    }

    static LinearAttention read(Attributes attributes) {
        String rule = attributes.getString("update_rule", "gated_delta");
        try {
            return new LinearAttention(
                    attributes.getInt("q_num_heads"),
                    attributes.getInt("kv_num_heads"),
                    attributes.getFloat("scale", 0),
                    Rule.valueOf(rule.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("LinearAttention: update_rule " + rule + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape q = in.shape(0);
        Shape k = in.shape(1);
        Shape v = in.shape(2);
        if (!in.dtype(0).isFloat()
                || q.rank() != 3
                || k.rank() != 3
                || v.rank() != 3
                || !q.slice(0, 2).equals(k.slice(0, 2))
                || !q.slice(0, 2).equals(v.slice(0, 2))
                || heads <= 0
                || queryHeads <= 0
                || queryHeads % heads != 0
                || k.size(2) % heads != 0
                || v.size(2) % heads != 0
                || q.size(2) % queryHeads != 0
                || q.size(2) / queryHeads != k.size(2) / heads) {
            throw new IllegalArgumentException("LinearAttention: " + queryHeads + " query heads and " + heads
                    + " heads do not fit " + in.get(0) + ", " + in.get(1) + " and " + in.get(2));
        }
        Shape state = Shape.of(q.size(0), heads, k.size(2) / heads, v.size(2) / heads);
        if (in.has(PAST) && !in.shape(PAST).equals(state)) {
            throw new IllegalArgumentException(
                    "LinearAttention: past_state: expected " + state + ", given " + in.get(PAST));
        }
        requireColumns(in, rule.gated, DECAY, "decay", k.size(2), heads);
        requireColumns(in, rule.delta, BETA, "beta", heads, 1);
        Shape y = q.with(2, Math.multiplyExact(queryHeads, state.size(3)));
        return List.of(in.get(0).with(y), in.get(0).with(state)).subList(0, in.outputs());
    }

    private static void requireColumns(InputTypes in, boolean used, int i, String what, long columns, long or) {
        if (used) {
            Shape shape = in.shape(0);
            if (!in.shape(i).equals(shape.with(2, columns)) && !in.shape(i).equals(shape.with(2, or))) {
                throw new IllegalArgumentException("LinearAttention: " + what + ": expected " + shape.with(2, columns)
                        + " or " + shape.with(2, or) + ", given " + in.get(i));
            }
        }
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Heads q = Heads.columns(in.get(0), (int) queryHeads);
        Heads k = Heads.columns(in.get(1), (int) heads);
        Heads v = Heads.columns(in.get(2), (int) heads);
        Heads y = Heads.columns(out.get(0), (int) queryHeads);
        for (int b = 0; b < q.batch(); b++) {
            for (int h = 0; h < heads; h++) {
                double[][] state = past(in, b, h, k.size(), v.size());
                for (int t = 0; t < q.rows(); t++) {
                    update(in, state, k, v, b, h, t);
                    read(state, q, y, b, h, t);
                }
                if (out.size() > 1) {
                    Heads present = Heads.of(out.get(1));
                    for (int i = 0; i < k.size(); i++) {
                        for (int j = 0; j < v.size(); j++) {
                            present.set(b, h, i, j, state[i][j]);
                        }
                    }
                }
            }
        }
    }

    private double[][] past(Inputs in, int b, int h, int rows, int columns) {
        double[][] state = new double[rows][columns];
        if (in.has(PAST)) {
            Heads past = Heads.of(in.get(PAST));
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    state[i][j] = past.get(b, h, i, j);
                }
            }
        }
        return state;
    }

    private void update(Inputs in, double[][] state, Heads k, Heads v, int b, int h, int t) {
        if (rule.gated) {
            Heads decay = Heads.columns(in.get(DECAY), (int) heads);
            for (int i = 0; i < state.length; i++) {
                double factor = Math.exp(decay.get(b, h, t, decay.size() == 1 ? 0 : i));
                for (int j = 0; j < v.size(); j++) {
                    state[i][j] *= factor;
                }
            }
        }
        for (int j = 0; j < v.size(); j++) {
            double written = v.get(b, h, t, j);
            if (rule.delta) {
                HostTensor beta = in.get(BETA);
                int columns = (int) beta.shape().size(2);
                double retrieved = 0;
                for (int i = 0; i < state.length; i++) {
                    retrieved += state[i][j] * k.get(b, h, t, i);
                }
                written = beta.getDouble((b * v.rows() + t) * columns + (columns == 1 ? 0 : h)) * (written - retrieved);
            }
            for (int i = 0; i < state.length; i++) {
                state[i][j] += k.get(b, h, t, i) * written;
            }
        }
    }

    /** The heads of q that share head {@code h}'s matrix. */
    private void read(double[][] state, Heads q, Heads y, int b, int h, int t) {
        double factor = scale == 0 ? 1 / Math.sqrt(q.size()) : scale;
        int group = (int) (queryHeads / heads);
        for (int head = h * group; head < (h + 1) * group; head++) {
            for (int j = 0; j < y.size(); j++) {
                double sum = 0;
                for (int i = 0; i < state.length; i++) {
                    sum += q.get(b, head, t, i) * state[i][j];
                }
                y.set(b, head, t, j, factor * sum);
            }
        }
    }
}
