package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.LayerNormalization;
import io.sardonyx.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** {@code (x - mean(x)) / √(mean((x - mean(x))²) + ε) · scale + shift} over the last axis becomes LayerNormalization. */
final class FuseLayerNormalization implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (node.opType().equals("Div") && graph.contains(node)) {
                fuse(match, node);
            }
        }
    }

    private static void fuse(Match match, Node quotient) {
        Optional<Node> root = match.producer(quotient.input(1), "Sqrt");
        Optional<Node> sum = root.flatMap(sqrt -> match.producer(sqrt.input(0), "Add"));
        if (sum.isEmpty()) {
            return;
        }
        int epsilonAt = match.scalar(sum.get().input(1)).isPresent() ? 1 : 0;
        OptionalDouble epsilon = match.scalar(sum.get().input(epsilonAt));
        Optional<Node> variance =
                match.producer(sum.get().input(1 - epsilonAt), "ReduceMean").filter(mean -> overLastAxis(match, mean));
        Optional<Node> centred = match.producer(quotient.input(0), "Sub");
        if (epsilon.isEmpty() || variance.isEmpty() || centred.isEmpty()) {
            return;
        }
        String x = centred.get().input(0);
        if (!isMeanOf(match, centred.get().input(1), x)
                || !isSquareOfCentred(match, variance.get().input(0), x)) {
            return;
        }
        Optional<Node> scaled = match.onlyUser(quotient.output(0), "Mul");
        Optional<Node> shifted = scaled.flatMap(mul -> match.onlyUser(mul.output(0), "Add"));
        if (shifted.isEmpty()) {
            return;
        }
        String scale = Match.other(scaled.get(), quotient.output(0));
        String shift = Match.other(shifted.get(), scaled.get().output(0));
        if (!isVector(match, scale) || !isVector(match, shift)) {
            return;
        }
        match.graph()
                .replace(
                        shifted.get(),
                        Node.of(
                                shifted.get().name(),
                                new LayerNormalization(-1, (float) epsilon.getAsDouble(), DType.FLOAT32),
                                List.of(x, scale, shift),
                                shifted.get().outputs()));
    }

    private static boolean isVector(Match match, String value) {
        return match.constant(value)
                .filter(c -> c.shape().rank() == 1 && c.size() > 1)
                .isPresent();
    }

    private static boolean isMeanOf(Match match, String value, String x) {
        return match.producer(value, "ReduceMean")
                .filter(mean -> mean.input(0).equals(x) && overLastAxis(match, mean))
                .isPresent();
    }

    /** (x - mean)², as Pow or Mul; exporters write the difference twice. */
    private static boolean isSquareOfCentred(Match match, String value, String x) {
        Optional<String> base = match.producer(value, "Pow")
                .filter(pow -> match.isScalar(pow.input(1), 2))
                .map(pow -> pow.input(0));
        if (base.isEmpty()) {
            base = match.producer(value, "Mul")
                    .filter(mul -> mul.input(0).equals(mul.input(1)))
                    .map(mul -> mul.input(0));
        }
        return base.flatMap(b -> match.producer(b, "Sub"))
                .filter(sub -> sub.input(0).equals(x) && isMeanOf(match, sub.input(1), x))
                .isPresent();
    }

    private static boolean overLastAxis(Match match, Node mean) {
        Object axes = mean.attributes().get("axes");
        if (mean.hasInput(1)) {
            axes = match.constant(mean.input(1))
                    .map(t -> List.of(t.toLongs().length == 1 ? t.getLong(0) : Long.MIN_VALUE))
                    .orElse(List.of());
        }
        boolean keep = !Long.valueOf(0).equals(mean.attributes().get("keepdims"));
        return keep && List.of(-1L).equals(axes);
    }
}
