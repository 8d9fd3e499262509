package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.RandomOperator;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Set;

/**
 * Evaluates nodes whose inputs are all constants, unless the result would be larger than a limit. What a seed makes at random stays a
 * node: a few bytes of a file should not become weights, except in a {@linkplain io.sardonyx.onnx.read.StrippedWeights stripped} model.
 */
final class FoldConstants implements Rewrite {
    private final long largest;
    private final Set<String> spared;

    /** Folds all but nodes of the {@code spared} operators. */
    FoldConstants(long largest, String... spared) {
        this.largest = largest;
        this.spared = Set.of(spared);
    }

    @Override
    public void apply(Graph graph) {
        for (Node node : graph.nodes()) {
            if (node.operator() instanceof TensorOperator operator
                    && operator.deterministic()
                    && !spared.contains(node.opType())
                    && !(operator instanceof RandomOperator)
                    && node.inputs().stream()
                            .allMatch(v -> v.isEmpty() || graph.initializers().containsKey(v))) {
                fold(graph, node, operator);
            }
        }
    }

    private void fold(Graph graph, Node node, TensorOperator operator) {
        HostTensor[] inputs = node.inputs().stream()
                .map(v -> v.isEmpty() ? null : graph.initializers().get(v))
                .toArray(HostTensor[]::new);
        List<HostTensor> results;
        try {
            InputTypes types = Inputs.of(inputs).types(node.outputs().size());
            List<TensorType> outputs = operator.infer(types);
            if (outputs.stream().anyMatch(t -> Math.max(t.shape().elements(), t.byteSize()) > largest)) {
                return;
            }
            if (operator.aliases()
                    && outputs.size() == 1
                    && outputs.get(0).dtype() == inputs[0].dtype()) { // a weight under another shape stays where it is
                results = List.of(inputs[0].reshaped(outputs.get(0).shape()));
            } else {
                results = outputs.stream().map(HostTensor::allocate).toList();
                operator.reference(Inputs.of(inputs), results);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            return; // what is wrong is reported when the model runs, with the node's name, if that node is reached at
            // all
        }
        graph.remove(node);
        for (int i = 0; i < node.outputs().size(); i++) {
            if (!node.output(i).isEmpty()) {
                graph.addInitializer(node.output(i), results.get(i));
            }
        }
    }
}
