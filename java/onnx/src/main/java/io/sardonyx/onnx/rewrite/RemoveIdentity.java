package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;

/** Lets users of an Identity, or of a Dropout at inference, read its input. */
final class RemoveIdentity implements Rewrite {
    @Override
    public void apply(Graph graph) {
        for (Node node : graph.nodes()) {
            boolean identity = node.opType().equals("Identity") && node.domain().isEmpty();
            boolean dropout = node.opType().equals("Dropout") && inference(graph, node);
            if (identity || dropout) {
                // A value that a body of this graph's nodes gives as its result keeps the name that the body knows.
                graph.remove(node);
                graph.replaceUses(node.output(0), node.input(0));
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
