package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Clip;
import java.util.List;
import java.util.OptionalDouble;

/** A Clip of floats whose bounds are constants holds them itself, as before opset 11, so that it is an activation for fusions. */
final class FixClip implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (node.operator() instanceof Clip clip && (node.hasInput(1) || node.hasInput(2))) {
                OptionalDouble low = bound(match, node, 1, clip.lowest());
                OptionalDouble high = bound(match, node, 2, clip.highest());
                if (low.isPresent() && high.isPresent()) {
                    graph.replace(
                            node,
                            Node.of(
                                    node.name(),
                                    new Clip(low.getAsDouble(), high.getAsDouble()),
                                    List.of(node.input(0)),
                                    node.outputs()));
                }
            }
        }
    }

    private static OptionalDouble bound(Match match, Node node, int input, double otherwise) {
        if (!node.hasInput(input)) {
            return OptionalDouble.of(otherwise);
        }
        OptionalDouble bound = match.scalar(node.input(input));
        return bound.isPresent() && !Double.isNaN(bound.getAsDouble()) ? bound : OptionalDouble.empty();
    }
}
