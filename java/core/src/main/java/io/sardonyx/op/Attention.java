package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code Y = softmax(cap(scale · Q·Kᵀ) + bias)·V}, {@code cap(x) = softcap · tanh(x / softcap)}; ONNX Attention, opset 23 on.
 *
 * <p>Inputs: Q, K, V, each [batch, heads, length, size] or [batch, length, heads · size]; optionally a mask, bool or added,
 * that broadcasts to [batch, heads, query length, total length] and may be shorter than the total length (opset 24; the rest
 * is masked); past K and V [batch, heads, past length, size], to which K and V are appended; and how many rows of K and V each
 * batch item really has [batch] (opset 24). {@code causal} hides what comes after a query, whose own position is behind the
 * past, or at the end of the rows that there really are. A query that sees nothing gives zeros.
 *
 * <p>Outputs: Y like Q; all K and all V so far; the scores at {@code scoreStage}. With fewer heads of K and V than of Q,
 * neighbouring heads of Q share one. The reference accumulates, and takes the softmax, in double whatever {@code
 * softmax_precision} asks for.
 *
 * @param queryHeads the number of heads of Q if it has three axes
 * @param heads the number of heads of K and V if they have three axes
 * @param scale 0 for 1 / √size
 * @param softcap 0 for none
 */
public record Attention(
        long queryHeads, long heads, boolean causal, float scale, float softcap, AttentionStage scoreStage, int opset)
        implements TensorOperator {
    private static final int MASK = 3;
    private static final int PAST_KEY = 4;
    private static final int PAST_VALUE = 5;
    private static final int LENGTHS = 6;

    static Attention read(Attributes attributes) {
        return new Attention(
                attributes.getInt("q_num_heads", 0),
                attributes.getInt("kv_num_heads", 0),
                attributes.getFlag("is_causal", false),
                attributes.getFloat("scale", 0),
                attributes.getFloat("softcap", 0),
                AttentionStage.of(attributes.getInt("qk_matmul_output_mode", 0)),
                attributes.opset());
    }

    private Shape fourAxes(InputTypes in, int i, long headCount) {
        Shape shape = in.shape(i);
        if (shape.rank() == 4) {
            return shape;
        }
        if (shape.rank() != 3 || headCount <= 0 || shape.size(2) % headCount != 0) {
            throw new IllegalArgumentException(
                    "Attention: expected [batch, heads, length, size] or [batch, length, heads x " + "size] with "
                            + headCount + " heads, given " + in.get(i));
        }
        return Shape.of(shape.size(0), headCount, shape.size(1), shape.size(2) / headCount);
    }

    private static Shape appended(InputTypes in, int past, Shape shape) {
        if (!in.has(past)) {
            return shape;
        }
        Shape before = in.shape(past);
        if (before.rank() != 4 || !before.with(2, 0).equals(shape.with(2, 0))) {
            throw new IllegalArgumentException("Attention: past " + in.get(past) + " does not precede " + shape);
        }
        return shape.with(2, Math.addExact(before.size(2), shape.size(2)));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape q = fourAxes(in, 0, queryHeads);
        Shape k = fourAxes(in, 1, heads);
        Shape v = fourAxes(in, 2, heads);
        if (!in.dtype(0).isFloat() || !in.dtype(1).isFloat() || !in.dtype(2).isFloat()) {
            throw new IllegalArgumentException(
                    "Attention: expected float types, given " + in.get(0) + ", " + in.get(1) + " and " + in.get(2));
        }
        if (q.size(0) != k.size(0)
                || q.size(3) != k.size(3)
                || !k.slice(0, 3).equals(v.slice(0, 3))
                || k.size(1) == 0
                || q.size(1) % k.size(1) != 0) {
            throw new IllegalArgumentException("Attention: Q, K and V do not fit: " + q + ", " + k + " and " + v);
        }
        if (in.has(PAST_KEY) != in.has(PAST_VALUE)) {
            throw new IllegalArgumentException("Attention: only one of past_key and past_value is given");
        }
        Shape keys = appended(in, PAST_KEY, k);
        Shape values = appended(in, PAST_VALUE, v);
        if (keys.size(2) != values.size(2)) {
            throw new IllegalArgumentException("Attention: past_key " + in.get(PAST_KEY) + " and past_value "
                    + in.get(PAST_VALUE) + " differ in length");
        }
        Shape scores = Shape.of(q.size(0), q.size(1), q.size(2), keys.size(2));
        checkMask(in, scores);
        if (in.has(LENGTHS) && (in.has(PAST_KEY) || !in.shape(LENGTHS).equals(Shape.of(q.size(0))))) {
            throw new IllegalArgumentException("Attention: nonpad_kv_seqlen: expected " + q.size(0)
                    + " lengths and no past, given " + in.get(LENGTHS));
        }
        Shape y = in.shape(0).rank() == 4
                ? q.with(3, v.size(3))
                : Shape.of(q.size(0), q.size(2), Math.multiplyExact(q.size(1), v.size(3)));
        List<TensorType> all = List.of(
                new TensorType(in.dtype(0), y),
                new TensorType(in.dtype(1), keys),
                new TensorType(in.dtype(2), values),
                new TensorType(in.dtype(0), scores));
        return all.subList(0, in.outputs());
    }

    private void checkMask(InputTypes in, Shape scores) {
        if (!in.has(MASK)) {
            return;
        }
        Shape mask = in.shape(MASK);
        boolean shorter = opset >= 24 && mask.rank() > 0 && mask.size(-1) < scores.size(3);
        Shape whole = shorter ? mask.with(-1, scores.size(3)) : mask;
        if (!(in.dtype(MASK) == DType.BOOL || in.dtype(MASK).isFloat())
                || !whole.broadcast(scores).equals(scores)) {
            throw new IllegalArgumentException("Attention: attn_mask: expected bool or float that broadcasts to "
                    + scores + ", given " + in.get(MASK));
        }
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Heads q = view(in.get(0), queryHeads);
        Heads k = view(in.get(1), heads);
        Heads v = view(in.get(2), heads);
        Heads keys = k;
        Heads values = v;
        if (out.size() > 1 || in.has(PAST_KEY)) {
            keys = appended(in, PAST_KEY, k, out, 1);
            values = appended(in, PAST_VALUE, v, out, 2);
        }
        double factor = scale == 0 ? 1 / Math.sqrt(q.size()) : scale;
        new AttentionCore(factor, softcap, bias(in, q.rows(), k.rows(), keys.rows()))
                .run(
                        q,
                        keys,
                        values,
                        view(out.get(0), queryHeads),
                        scoreStage,
                        out.size() > 3 ? out.subList(3, 4) : List.of());
    }

    private static Heads view(HostTensor tensor, long heads) {
        return new Heads(tensor, 0, layout(tensor.shape(), heads));
    }

    /** The past rows and then those of {@code rows}, in output {@code i} where the node has it. */
    private static Heads appended(Inputs in, int past, Heads rows, List<HostTensor> out, int i) {
        int before = in.has(past) ? (int) in.get(past).shape().size(2) : 0;
        HostTensor all = i < out.size()
                ? out.get(i)
                : HostTensor.allocate(TensorType.of(
                        rows.tensor().dtype(), rows.batch(), rows.heads(), before + rows.rows(), rows.size()));
        Heads result = Heads.of(all);
        if (before > 0) {
            result.copyRows(0, Heads.of(in.get(past)));
        }
        result.copyRows(before, rows);
        return result;
    }

    private AttentionCore.Bias bias(Inputs in, int queries, int rows, int total) {
        List<AttentionCore.Bias> terms = new ArrayList<>();
        if (in.has(MASK)) {
            terms.add(AttentionCore.of(in.get(MASK)));
        }
        if (in.has(LENGTHS)) {
            long[] lengths = in.get(LENGTHS).toLongs();
            for (long length : lengths) {
                if (length < 0 || length > rows) {
                    throw new IllegalArgumentException(
                            "Attention: nonpad_kv_seqlen: " + length + " is outside [0, " + rows + "]");
                }
            }
            terms.add((b, h, s, t) -> t < lengths[b] ? 0 : Double.NEGATIVE_INFINITY);
            if (causal) {
                terms.add((b, h, s, t) -> t <= s + lengths[b] - queries ? 0 : Double.NEGATIVE_INFINITY);
            }
        } else if (causal) {
            int past = total - rows;
            terms.add((b, h, s, t) -> t <= s + past ? 0 : Double.NEGATIVE_INFINITY);
        }
        return (b, h, s, t) -> {
            double sum = 0;
            for (AttentionCore.Bias term : terms) {
                sum += term.at(b, h, s, t);
            }
            return sum;
        };
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        DType dtype = in.dtype(0);
        boolean floats = AttentionCore.hasKernel(dtype) && in.dtype(1) == dtype && in.dtype(2) == dtype;
        boolean mask = !in.has(MASK) || in.dtype(MASK) == dtype || in.dtype(MASK) == DType.BOOL;
        boolean lengths = !in.has(LENGTHS) || in.dtype(LENGTHS) == DType.INT64;
        // Without all keys and values among the outputs there is no memory for the past ones and the new ones together.
        boolean cached = out.size() > 1;
        if (!floats || !mask || !lengths || out.size() > 3 || cached != out.size() > 2 || in.has(PAST_KEY) && !cached) {
            return Optional.empty();
        }
        HeadLayout q = layout(in.shape(0), queryHeads);
        HeadLayout k = layout(in.shape(1), heads);
        HeadLayout v = layout(in.shape(2), heads);
        long past = in.has(PAST_KEY) ? in.shape(PAST_KEY).size(2) : 0;
        Launch launch = AttentionCore.launch(
                cached ? "attention.cached" : "attention",
                dtype,
                q,
                cached ? HeadLayout.of(out.get(1).shape()) : k,
                cached ? HeadLayout.of(out.get(2).shape()) : v,
                layout(out.get(0).shape(), queryHeads),
                in.has(MASK) ? Optional.of(in.shape(MASK)) : Optional.empty(),
                LENGTHS,
                causal,
                past,
                scale == 0 ? 1 / Math.sqrt(q.size()) : scale,
                softcap);
        if (cached) {
            launch.input(PAST_KEY).input(PAST_VALUE).output(1).output(2);
            launch.params(k.batchStride(), k.headStride(), k.rowStride());
            launch.params(v.batchStride(), v.headStride(), v.rowStride());
            launch.param(past);
        }
        return Optional.of(launch);
    }

    private static HeadLayout layout(Shape shape, long heads) {
        return shape.rank() == 4 ? HeadLayout.of(shape) : HeadLayout.columns(shape, heads);
    }
}
