package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Cast;
import io.sardonyx.op.QuantizeLinear;
import java.util.List;

/** Lets users of an Identity, of a Dropout at inference, or of a Cast of quantised bytes to their own type read its input. */
final class RemoveIdentity implements Rewrite {
    @Override
    public void apply(Graph graph) {
        List<String> outputs = graph.nodes().stream()
                .filter(node -> node.opType().equals("Identity")
                        || node.opType().equals("Dropout")
                        || node.opType().equals("Cast"))
                .map(node -> node.output(0))
                .toList();
        for (String output : outputs) {
            Node node =
                    graph.producer(output).orElseThrow(); // an earlier removal may have put another node in its place
            boolean removed =
                    switch (node.opType()) {
                        case "Identity" -> true;
                        case "Cast" -> keepsType(graph, node);
                        default -> inference(graph, node);
                    };
            if (removed) {
                graph.remove(node);
                graph.replaceUses(output, node.input(0));
            }
        }
    }

    /** Whether a Cast is to the type that a QuantizeLinear in front of it gives already. */
    private static boolean keepsType(Graph graph, Node cast) {
        return graph.producer(cast.input(0))
                .filter(node -> node.operator() instanceof QuantizeLinear q
                        && q.output().isEmpty()
                        && graph.initializers().containsKey(node.input(2)))
                .filter(node -> cast.operator() instanceof Cast c
                        && c.to() == graph.initializers().get(node.input(2)).dtype())
                .isPresent();
    }

    private static boolean inference(Graph graph, Node node) {
        boolean maskUsed =
                node.outputs().size() > 1 && (!graph.uses(node.output(1)).isEmpty() || graph.isResult(node.output(1)));
        boolean training = node.opset() >= 12
                ? node.hasInput(2)
                : node.opset() < 7 && Long.valueOf(0).equals(node.attributes().getOrDefault("is_test", 0L));
        return !maskUsed && !training && !(graph.type(node.output(0)) instanceof DeclaredType.OfSequence);
    }
}
