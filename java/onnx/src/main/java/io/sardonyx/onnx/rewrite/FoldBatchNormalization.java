package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.BatchNormalization;
import io.sardonyx.op.Conv;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** BatchNormalization at inference, behind a Conv that nothing else uses, goes into the Conv's weights and bias. */
final class FoldBatchNormalization implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (node.operator() instanceof BatchNormalization norm && !norm.training() && onlyOutput(graph, node)) {
                match.producer(node.input(0), "Conv")
                        .filter(conv -> conv.operator() instanceof Conv && match.onlyFor(conv.output(0), node))
                        .ifPresent(conv -> fold(match, conv, node, norm));
            }
        }
    }

    private static boolean onlyOutput(Graph graph, Node node) {
        return node.outputs().stream()
                .skip(1)
                .allMatch(v -> v.isEmpty() || graph.uses(v).isEmpty() && !graph.isResult(v));
    }

    private static void fold(Match match, Node conv, Node node, BatchNormalization norm) {
        Optional<HostTensor> weights = match.constant(conv.input(1));
        Optional<HostTensor> bias = conv.hasInput(2) ? match.constant(conv.input(2)) : Optional.empty();
        List<HostTensor> parts = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            match.constant(node.input(i)).ifPresent(parts::add);
        }
        if (weights.isEmpty() || parts.size() != 4 || conv.hasInput(2) != bias.isPresent()) {
            return;
        }
        HostTensor w = weights.get();
        int channels = (int) w.shape().size(0);
        if (parts.stream().anyMatch(p -> p.size() != channels)) {
            return;
        }
        int each = w.size() / Math.max(channels, 1);
        HostTensor scaled = HostTensor.allocate(w.type());
        double[] shift = new double[channels];
        for (int c = 0; c < channels; c++) {
            double factor = parts.get(0).getDouble(c) / Math.sqrt(parts.get(3).getDouble(c) + norm.epsilon());
            for (int i = c * each; i < (c + 1) * each; i++) {
                scaled.set(i, w.getDouble(i) * factor);
            }
            double before = bias.isPresent() ? bias.get().getDouble(c) : 0;
            shift[c] =
                    (before - parts.get(2).getDouble(c)) * factor + parts.get(1).getDouble(c);
        }
        Graph graph = match.graph();
        String newWeights = graph.addConstant(conv.input(1), scaled);
        String newBias = graph.addConstant(node.input(2), HostTensor.of(w.dtype(), Shape.of(channels), shift));
        graph.remove(conv);
        graph.replace(
                node,
                Node.of(
                        conv.name(),
                        conv.operator(),
                        List.of(conv.input(0), newWeights, newBias),
                        List.of(node.output(0))));
    }
}
