package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Conv;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;

/** Mul and Add by a constant, one number or one per channel, behind a Conv that nothing else uses, go into the Conv's weights. */
final class FoldScale implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (node.opType().equals("Mul") || node.opType().equals("Add")) {
                for (int i = 0; i < 2; i++) {
                    Optional<Node> conv = match.producer(node.input(i), "Conv")
                            .filter(c -> c.operator() instanceof Conv && match.onlyFor(c.output(0), node));
                    Optional<HostTensor> constant = match.constant(node.input(1 - i));
                    if (conv.isPresent() && constant.isPresent()) {
                        fold(match, conv.get(), node, constant.get());
                        break;
                    }
                }
            }
        }
    }

    private static void fold(Match match, Node conv, Node node, HostTensor constant) {
        Optional<ConvWeights> weights = ConvWeights.of(match, conv);
        if (weights.isEmpty() || !perChannel(constant, weights.get())) {
            return;
        }
        double[] values = new double[weights.get().filters()];
        Arrays.setAll(values, m -> constant.getDouble(constant.size() == 1 ? 0 : m));
        double[] neutral = new double[values.length];
        if (node.opType().equals("Mul")) {
            weights.get().fold(match.graph(), node, values, neutral);
        } else {
            Arrays.fill(neutral, 1);
            weights.get().fold(match.graph(), node, neutral, values);
        }
    }

    /** One number without more axes than the result has, or [C, 1, 1 …] with or without the batch axis. */
    private static boolean perChannel(HostTensor constant, ConvWeights weights) {
        Shape shape = constant.shape();
        int rank = weights.weights().shape().rank();
        if (shape.rank() > rank) {
            return false;
        }
        int channel = shape.rank() - rank + 1;
        return constant.size() == 1
                || channel >= 0 && shape.size(channel) == constant.size() && constant.size() == weights.filters();
    }
}
