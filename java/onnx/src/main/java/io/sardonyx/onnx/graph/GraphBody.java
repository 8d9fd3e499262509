package io.sardonyx.onnx.graph;

import io.sardonyx.op.Subgraph;
import java.util.Set;

/** The graph in a node's attribute: a branch of If, the body of Loop or Scan. */
public record GraphBody(Graph graph) implements Subgraph {
    @Override
    public int inputs() {
        return graph.inputs().size();
    }

    @Override
    public int outputs() {
        return graph.outputs().size();
    }

    /** The values of enclosing graphs that it uses. */
    public Set<String> captures() {
        return graph.captures();
    }
}
