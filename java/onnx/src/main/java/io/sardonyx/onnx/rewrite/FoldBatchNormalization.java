package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.BatchNormalization;
import io.sardonyx.op.Conv;
import io.sardonyx.tensor.HostTensor;
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
        Optional<ConvWeights> weights = ConvWeights.of(match, conv);
        List<HostTensor> parts = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            match.constant(node.input(i)).ifPresent(parts::add);
        }
        if (weights.isEmpty()
                || parts.size() != 4
                || parts.stream().anyMatch(p -> p.size() != weights.get().filters())) {
            return;
        }
        double[] factor = new double[weights.get().filters()];
        double[] shift = new double[factor.length];
        for (int m = 0; m < factor.length; m++) {
            factor[m] = parts.get(0).getDouble(m) / Math.sqrt(parts.get(3).getDouble(m) + norm.epsilon());
            shift[m] = parts.get(1).getDouble(m) - parts.get(2).getDouble(m) * factor[m];
        }
        weights.get().fold(match.graph(), node, factor, shift);
    }
}
