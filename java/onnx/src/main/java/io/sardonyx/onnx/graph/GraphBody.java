package io.sardonyx.onnx.graph;

import io.sardonyx.op.Subgraph;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
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

    @Override
    public Optional<TensorType> outputType(int i) {
        if (!(graph.outputs().get(i).type() instanceof DeclaredType.OfTensor tensor)) {
            return Optional.empty();
        }
        long[] sizes = tensor.dims().orElse(List.of()).stream()
                .mapToLong(dim -> dim.known().orElse(0))
                .toArray();
        return Optional.of(TensorType.of(tensor.dtype(), sizes));
    }

    /** The values of enclosing graphs that it uses. */
    public Set<String> captures() {
        return graph.captures();
    }
}
