package io.sardonyx.parallel;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.rewrite.AssumedTypes;
import io.sardonyx.op.InputTypes;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What holds of a graph's shapes whatever the sizes that a model leaves open: what is so for each of several that are assumed. Models do
 * not work with all of them (tables of positions end), so that those under which types can be told decide, and one alone does not.
 */
final class Assumptions {
    private final List<AssumedTypes> all;
    private final int ranks;
    private final Map<Node, List<Factor>> factors = new HashMap<>();

    Assumptions(Graph graph, int ranks) {
        this.all = List.of(
                AssumedTypes.of(graph, 1, 3),
                AssumedTypes.of(graph, 1, 4),
                AssumedTypes.of(graph, 1, 5),
                AssumedTypes.of(graph, 32, 3),
                AssumedTypes.of(graph, 64, 17));
        this.ranks = ranks;
    }

    /** The ways in which a node can be split. */
    List<Factor> factors(Node node) {
        return factors.computeIfAbsent(node, this::commonFactors);
    }

    private List<Factor> commonFactors(Node node) {
        List<Factor> common = new ArrayList<>();
        int told = 0;
        for (AssumedTypes types : all) {
            Optional<InputTypes> in = types.inputs(node);
            List<TensorType> out = node.outputs().stream()
                    .map(value -> types.of(value).orElse(null))
                    .toList();
            if (in.isEmpty() || out.contains(null)) {
                continue;
            }
            List<Factor> found = SplitRules.of(node, in.get(), out, ranks);
            if (told++ == 0) {
                common.addAll(found);
            } else {
                common.retainAll(found);
            }
        }
        return told > 1 ? common : List.of();
    }

    /** Whether a value has the axis that {@code layout} cuts, of that size, and gives each rank something of each part. */
    boolean cuts(String value, Layout layout) {
        return layout.divides(ranks)
                && types(value).stream()
                        .allMatch(type -> layout.axis() < type.shape().rank()
                                && type.shape().size(layout.axis()) == layout.size());
    }

    /** Whether a value has one element. */
    boolean isSingle(String value) {
        List<TensorType> types = types(value);
        return types.size() > 1 && types.stream().allMatch(t -> t.shape().elements() == 1);
    }

    /** The axes of a value whose types could be told. */
    int rank(String value) {
        return types(value).get(0).shape().rank();
    }

    /** The elements of a list of sizes that could be told. */
    long elements(String value) {
        return types(value).get(0).shape().elements();
    }

    DType dtype(String value) {
        return types(value).get(0).dtype();
    }

    private List<TensorType> types(String value) {
        return all.stream().flatMap(types -> types.of(value).stream()).toList();
    }
}
