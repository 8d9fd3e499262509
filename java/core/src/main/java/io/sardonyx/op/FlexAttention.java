package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code Y = probMod(softmax(scoreMod(scale · Q·Kᵀ)))·V}, the two functions being subgraphs that map [batch, heads, query length,
 * key length] to the same shape. Q, K and V are [batch, heads, length, size]; with fewer heads of K and V, neighbouring heads of Q
 * share one. ai.onnx.preview FlexAttention, version 1; sums in double, scores in {@code softmaxType} between the steps.
 *
 * @param scale 0 for 1 / √size
 * @param softmaxType the type in which the functions see their argument; absent for float32, or float64 if Q is
 */
public record FlexAttention(
        float scale, Optional<Subgraph> scoreMod, Optional<Subgraph> probMod, Optional<DType> softmaxType)
        implements DynamicOperator {

    static FlexAttention read(Attributes attributes) {
        return new FlexAttention(
                attributes.getFloat("scale", 0),
                attributes.ifPresent("score_mod", a -> a.getGraph("score_mod")),
                attributes.ifPresent("prob_mod", a -> a.getGraph("prob_mod")),
                attributes.ifPresent("softmax_precision", a -> a.getType("softmax_precision", DType.FLOAT32)));
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        Heads q = heads(in, 0);
        Heads k = heads(in, 1);
        Heads v = heads(in, 2);
        if (q.batch() != k.batch()
                || q.batch() != v.batch()
                || q.size() != k.size()
                || k.heads() != v.heads()
                || k.rows() != v.rows()
                || k.heads() == 0
                || q.heads() % k.heads() != 0) {
            throw new IllegalArgumentException(
                    "FlexAttention: Q, K and V do not fit: " + q.tensor() + ", " + k.tensor() + " and " + v.tensor());
        }
        DType type = softmaxType.orElse(q.tensor().dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
        HostTensor scores = modified(scoreMod, scores(q, k, type), evaluation);
        double[] row = new double[k.rows()];
        double[] probabilities = new double[k.rows()];
        for (int at = 0; at < scores.size(); at += row.length) {
            for (int t = 0; t < row.length; t++) {
                row[t] = scores.getDouble(at + t);
            }
            AttentionCore.softmax(row, probabilities);
            for (int t = 0; t < row.length; t++) {
                scores.set(at + t, probabilities[t]);
            }
        }
        HostTensor y = HostTensor.allocate(TensorType.of(q.tensor().dtype(), q.batch(), q.heads(), q.rows(), v.size()));
        product(Heads.of(modified(probMod, scores, evaluation)), v, Heads.of(y));
        return List.of(y);
    }

    private static Heads heads(Values in, int i) {
        HostTensor tensor = in.tensor(i);
        if (tensor.shape().rank() != 4 || !tensor.dtype().isFloat()) {
            throw new IllegalArgumentException(
                    "FlexAttention: input " + i + ": expected float [batch, heads, length, size], given " + tensor);
        }
        return Heads.of(tensor);
    }

    private HostTensor scores(Heads q, Heads k, DType type) {
        double factor = scale == 0 ? 1 / Math.sqrt(q.size()) : scale;
        HostTensor scores = HostTensor.allocate(TensorType.of(type, q.batch(), q.heads(), q.rows(), k.rows()));
        Heads result = Heads.of(scores);
        int group = q.heads() / k.heads();
        for (int b = 0; b < q.batch(); b++) {
            for (int h = 0; h < q.heads(); h++) {
                for (int s = 0; s < q.rows(); s++) {
                    for (int t = 0; t < k.rows(); t++) {
                        double dot = 0;
                        for (int i = 0; i < q.size(); i++) {
                            dot += q.get(b, h, s, i) * k.get(b, h / group, t, i);
                        }
                        result.set(b, h, s, t, dot * factor);
                    }
                }
            }
        }
        return scores;
    }

    /** A tensor of its own, which the caller may change. */
    private static HostTensor modified(Optional<Subgraph> function, HostTensor scores, Evaluation evaluation) {
        if (function.isEmpty()) {
            return scores;
        }
        List<HostValue> results = evaluation.run(function.get(), List.of(scores));
        if (results.size() == 1
                && results.get(0) instanceof HostTensor tensor
                && tensor.shape().equals(scores.shape())) {
            return tensor.copy();
        }
        throw new IllegalArgumentException("FlexAttention: a function turned " + scores + " into " + results);
    }

    private static void product(Heads p, Heads v, Heads y) {
        int group = p.heads() / v.heads();
        for (int b = 0; b < p.batch(); b++) {
            for (int h = 0; h < p.heads(); h++) {
                for (int s = 0; s < p.rows(); s++) {
                    for (int i = 0; i < v.size(); i++) {
                        double sum = 0;
                        for (int t = 0; t < v.rows(); t++) {
                            sum += p.get(b, h, s, t) * v.get(b, h / group, t, i);
                        }
                        y.set(b, h, s, i, sum);
                    }
                }
            }
        }
    }
}
