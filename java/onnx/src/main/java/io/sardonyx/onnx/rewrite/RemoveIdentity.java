package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import java.util.List;

/** Lets users of an Identity, or of a Dropout at inference, read its input. */
final class RemoveIdentity implements Rewrite {
    @Override
    public void apply(Graph graph) {
        List<String> outputs = graph.nodes().stream()
                .filter(node ->
                        node.opType().equals("Identity") || node.opType().equals("Dropout"))
                .map(node -> node.output(0))
                .toList();
        for (String output : outputs) {
            Node node =
                    graph.producer(output).orElseThrow(); // an earlier removal may have put another node in its place
            if (node.opType().equals("Identity") || inference(graph, node)) {
                graph.remove(node);
                graph.replaceUses(output, node.input(0));
            }
        }
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
