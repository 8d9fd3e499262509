package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = softmax(cap(scale · q·kᵀ) + bias)·v} for each batch item and head, in double: what all attention operators share.
 * {@code cap(x) = softcap · tanh(x / softcap)} unless {@code softcap} is 0. With fewer heads of k and v than of q, neighbouring
 * heads of q share one. A row whose bias is minus infinity everywhere gives zeros.
 */
final class AttentionCore {
    private final double scale;
    private final double softcap;
    private final Bias bias;

    /** What is added to the score of row {@code s} of q and row {@code t} of k. */
    interface Bias {
        Bias NONE = (b, h, s, t) -> 0;

        double at(int b, int h, int s, int t);
    }

    AttentionCore(double scale, double softcap, Bias bias) {
        this.scale = scale;
        this.softcap = softcap;
        this.bias = bias;
    }

    void run(Heads q, Heads k, Heads v, Heads y) {
        run(q, k, v, y, AttentionStage.SCALED, List.of());
    }

    /** @param scores none or one tensor [batch, heads of q, rows of q, rows of k], which gets the scores at {@code stage} */
    void run(Heads q, Heads k, Heads v, Heads y, AttentionStage stage, List<HostTensor> scores) {
        int group = q.heads() / k.heads();
        for (int b = 0; b < q.batch(); b++) {
            for (int h = 0; h < q.heads(); h++) {
                for (int s = 0; s < q.rows(); s++) {
                    double[][] stages = stages(q, k, b, h, s, h / group);
                    for (HostTensor tensor : scores) {
                        int at = ((b * q.heads() + h) * q.rows() + s) * k.rows();
                        for (int t = 0; t < k.rows(); t++) {
                            tensor.set(at + t, stages[stage.ordinal()][t]);
                        }
                    }
                    double[] p = stages[AttentionStage.PROBABILITIES.ordinal()];
                    for (int i = 0; i < v.size(); i++) {
                        double sum = 0;
                        for (int t = 0; t < v.rows(); t++) {
                            sum += p[t] * v.get(b, h / group, t, i);
                        }
                        y.set(b, h, s, i, sum);
                    }
                }
            }
        }
    }

    private double[][] stages(Heads q, Heads k, int b, int h, int s, int kvHead) {
        double[][] stages = new double[AttentionStage.values().length][k.rows()];
        double mostBias = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < k.rows(); t++) {
            double dot = 0;
            for (int i = 0; i < q.size(); i++) {
                dot += q.get(b, h, s, i) * k.get(b, kvHead, t, i);
            }
            double score = dot * scale;
            double capped = softcap == 0 ? score : softcap * Math.tanh(score / softcap);
            double added = bias.at(b, h, s, t);
            mostBias = Math.max(mostBias, added);
            stages[0][t] = score;
            stages[1][t] = capped;
            stages[2][t] = capped + added;
        }
        if (mostBias > Double.NEGATIVE_INFINITY || Double.isNaN(mostBias)) {
            softmax(stages[2], stages[3]);
        }
        return stages;
    }

    static void softmax(double[] x, double[] y) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : x) {
            largest = Math.max(largest, value);
        }
        double sum = 0;
        for (int t = 0; t < x.length; t++) {
            y[t] = Math.exp(x[t] - largest);
            sum += y[t];
        }
        for (int t = 0; t < x.length; t++) {
            y[t] /= sum;
        }
    }

    /**
     * A tensor that broadcasts to [batch, heads, rows of q, rows of k], as a bias: numbers are added; where a bool is false, minus
     * infinity. Behind the tensor's last column it is minus infinity, too, unless there is but one.
     */
    static Bias of(HostTensor mask) {
        int rank = mask.shape().rank();
        long[] size = new long[4];
        int[] step = new int[4];
        for (int i = 0; i < 4; i++) {
            int axis = i - 4 + rank;
            size[i] = axis < 0 ? 1 : mask.shape().size(axis);
            step[i] = (int) broadcastStride(mask.shape(), i);
        }
        boolean flags = mask.dtype() == DType.BOOL;
        return (b, h, s, t) -> {
            if (size[3] != 1 && t >= size[3]) {
                return Double.NEGATIVE_INFINITY;
            }
            int at = b * step[0] + h * step[1] + s * step[2] + t * step[3];
            return flags ? (mask.getBoolean(at) ? 0 : Double.NEGATIVE_INFINITY) : mask.getDouble(at);
        };
    }

    /**
     * The launch of the kernel {@code attention} on tensors of {@code dtype}: q, the new k and v, the mask in input 3, output 0, and the
     * lengths in input {@code lengths}, where there are such inputs.
     *
     * @param k all keys, those that came before included
     * @param past where the first query stands, for a causal attention
     */
    static Launch launch(
            String kernel,
            DType dtype,
            HeadLayout q,
            HeadLayout k,
            HeadLayout v,
            HeadLayout y,
            Optional<Shape> mask,
            int lengths,
            boolean causal,
            long past,
            double scale,
            double softcap) {
        Launch launch = Launch.of(kernel, dtype)
                .input(0)
                .input(1)
                .input(2)
                .input(3)
                .output(0)
                .input(lengths)
                .params(q.batch(), q.heads(), k.heads(), q.rows(), k.rows(), q.size(), v.size());
        for (HeadLayout layout : List.of(q, k, v, y)) {
            launch.params(layout.batchStride(), layout.headStride(), layout.rowStride());
        }
        for (int i = 0; i < 4; i++) {
            launch.param(mask.isPresent() ? broadcastStride(mask.get(), i) : 0);
        }
        long maskKeys = mask.filter(m -> m.rank() > 0 && m.size(-1) != 1)
                .map(m -> m.size(-1))
                .orElse(k.rows());
        // Panels of k and v, eight rows of scores and one of the mask; sizes are rounded up to the widest panels.
        long keys = (k.rows() + 31) / 32 * 32;
        long floats = keys * q.size() + k.rows() * ((v.size() + 31) / 32 * 32) + 9 * keys;
        return launch.param(maskKeys)
                .param(causal ? 1 : 0)
                .param(past)
                .param(scale)
                .param(softcap)
                .scratchPerThread(4 * floats);
    }

    /** Whether some device attends to such floats. */
    static boolean hasKernel(DType dtype) {
        return dtype == DType.FLOAT32 || dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
    }

    /** The stride of axis {@code i} of 4 of a shape that broadcasts to them. */
    private static long broadcastStride(Shape shape, int i) {
        int axis = i - 4 + shape.rank();
        return axis < 0 || shape.size(axis) == 1 ? 0 : shape.strides()[axis];
    }
}
