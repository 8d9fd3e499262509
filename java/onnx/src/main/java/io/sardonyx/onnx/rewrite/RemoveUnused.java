package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes nodes and constants whose values nobody uses. */
final class RemoveUnused implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Set<String> used = new HashSet<>(graph.results());
        List<Node> nodes = graph.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.outputs().stream().anyMatch(used::contains)) {
                used.addAll(node.reads());
            } else {
                graph.remove(node);
            }
        }
        for (String constant : new ArrayList<>(graph.initializers().keySet())) {
            if (!used.contains(constant)) {
                graph.removeInitializer(constant);
            }
        }
    }
}
