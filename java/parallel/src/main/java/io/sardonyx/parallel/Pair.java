package io.sardonyx.parallel;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Gemm;
import io.sardonyx.op.MatMul;
import io.sardonyx.op.MicrosoftAttention;
import io.sardonyx.op.Operator;
import java.util.ArrayList;
import java.util.List;

/**
 * Products by weights that are split together, with one all-reduce behind each of the second.
 *
 * @param byColumns names of the nodes whose weights are cut by columns: those of Q, K and V, or the first of a feed-forward pair
 * @param byRows names of the nodes whose products are summed up
 * @param bytes of the weights and biases that are cut, of all ranks together
 */
public record Pair(List<String> byColumns, List<String> byRows, long bytes) {
    public Pair {
        byColumns = List.copyOf(byColumns);
        byRows = List.copyOf(byRows);
    }

    static Pair of(Graph graph, Region region) {
        List<String> byColumns = new ArrayList<>();
        List<String> byRows = new ArrayList<>();
        long[] bytes = {0};
        region.nodes().forEach((node, factor) -> {
            if (hasWeight(graph, node)) {
                (factor.summed() ? byRows : byColumns).add(node.name());
            }
            for (int i = 0; i < factor.inputs().size(); i++) {
                if (factor.inputs().get(i).isPresent() && graph.initializers().containsKey(node.input(i))) {
                    bytes[0] += graph.initializers().get(node.input(i)).type().byteSize();
                }
            }
        });
        return new Pair(byColumns, byRows, bytes[0]);
    }

    /** Whether a node multiplies by a weight. */
    static boolean hasWeight(Graph graph, Node node) {
        Operator operator = node.operator();
        return (operator instanceof MatMul || operator instanceof Gemm || operator instanceof MicrosoftAttention)
                && graph.initializers().containsKey(node.input(1));
    }
}
