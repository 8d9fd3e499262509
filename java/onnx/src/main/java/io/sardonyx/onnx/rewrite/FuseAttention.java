package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.ScaledDotProductAttention;
import io.sardonyx.op.Softmax;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code softmax(q·kᵀ / c + mask)·v} with q, k and v split into heads by Reshape and Transpose, and the heads joined again behind
 * it: one ScaledDotProductAttention, without the transposes.
 */
final class FuseAttention implements Rewrite {
    private static final List<Long> SPLIT = List.of(0L, 2L, 1L, 3L);
    private static final List<Long> SPLIT_TRANSPOSED = List.of(0L, 2L, 3L, 1L);

    /** Of the scores, which have four axes, as the transposes around them. */
    private static final int LAST = 3;

    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (node.operator() instanceof Softmax softmax && (softmax.axis() == -1 || softmax.axis() == LAST)) {
                fuse(match, node);
            }
        }
    }

    private static void fuse(Match match, Node softmax) {
        Optional<Node> context = match.onlyUser(softmax.output(0), "MatMul")
                .filter(mul -> mul.input(0).equals(softmax.output(0)));
        Optional<Node> joined = context.flatMap(mul -> match.onlyUser(mul.output(0), "Transpose"))
                .filter(t -> permutes(t, SPLIT));
        Optional<Node> v = context.flatMap(mul -> split(match, mul.input(1), SPLIT));
        if (joined.isEmpty() || v.isEmpty()) {
            return;
        }
        String scores = softmax.input(0);
        String mask = "";
        Optional<Node> masked = match.producer(scores, "Add");
        if (masked.isPresent()) {
            int at = isScores(match, masked.get().input(0)) ? 0 : 1;
            scores = masked.get().input(at);
            mask = masked.get().input(1 - at);
        }
        double scale = 1;
        Optional<Node> scaled = match.producer(scores, "Div");
        if (scaled.isPresent() && match.scalar(scaled.get().input(1)).isPresent()) {
            scale = 1 / match.scalar(scaled.get().input(1)).getAsDouble();
            scores = scaled.get().input(0);
        } else {
            Optional<Node> multiplied = match.producer(scores, "Mul");
            if (multiplied.isPresent()
                    && match.scalar(multiplied.get().input(1)).isPresent()) {
                scale = match.scalar(multiplied.get().input(1)).getAsDouble();
                scores = multiplied.get().input(0);
            }
        }
        Optional<Node> product = match.producer(scores, "MatMul");
        Optional<Node> q = product.flatMap(mul -> split(match, mul.input(0), SPLIT));
        Optional<Node> k = product.flatMap(mul -> split(match, mul.input(1), SPLIT_TRANSPOSED));
        if (q.isEmpty() || k.isEmpty()) {
            return;
        }
        Optional<Long> heads = heads(match, q.get());
        if (heads.isEmpty()) {
            return;
        }
        List<String> inputs = new ArrayList<>(
                List.of(q.get().input(0), k.get().input(0), v.get().input(0)));
        if (!mask.isEmpty()) {
            inputs.add(mask);
        }
        match.graph()
                .replace(
                        joined.get(),
                        Node.of(
                                softmax.name(),
                                new ScaledDotProductAttention(heads.get(), (float) scale),
                                inputs,
                                joined.get().outputs()));
    }

    private static boolean isScores(Match match, String value) {
        return match.producer(value, "Div")
                .or(() -> match.producer(value, "Mul"))
                .or(() -> match.producer(value, "MatMul"))
                .filter(node -> node.opType().equals("MatMul")
                        || match.producer(node.input(0), "MatMul").isPresent())
                .isPresent();
    }

    private static Optional<Node> split(Match match, String value, List<Long> permutation) {
        return match.producer(value, "Transpose").filter(t -> permutes(t, permutation));
    }

    private static boolean permutes(Node transpose, List<Long> permutation) {
        return permutation.equals(transpose.attributes().get("perm"));
    }

    /** The number of heads, from the shape that the Reshape before a Transpose asks for: [batch, length, heads, size]. */
    private static Optional<Long> heads(Match match, Node transpose) {
        Optional<Node> reshape = match.producer(transpose.input(0), "Reshape");
        if (reshape.isEmpty()) {
            return Optional.empty();
        }
        String shape = reshape.get().input(1);
        Optional<HostTensor> constant = match.constant(shape);
        if (constant.isPresent()) {
            return Optional.of(constant.get()).filter(s -> s.size() == 4).map(s -> s.getLong(2));
        }
        return match.producer(shape, "Concat")
                .filter(concat -> concat.inputs().size() == 4)
                .flatMap(concat -> match.constant(concat.input(2)))
                .filter(c -> c.size() == 1)
                .map(c -> c.getLong(0));
    }
}
