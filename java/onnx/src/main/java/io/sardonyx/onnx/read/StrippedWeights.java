package io.sardonyx.onnx.read;

import io.sardonyx.onnx.ModelInfo;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.GraphBody;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Cast;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.RandomOperator;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the weights of a model that {@link ModelStripper} took them from: nodes that a seed determines become initializers, as large
 * as they were, within the memory limit. The generator is Java's, so that every device starts from the same bits.
 */
public final class StrippedWeights {
    /** The metadata property that marks such a model; without it, random nodes stay nodes. */
    public static final String PROPERTY = "sardonyx.stripped";

    private StrippedWeights() {}

    static boolean isStripped(ModelInfo info) {
        return info.metadata().containsKey(PROPERTY);
    }

    /** @param memory that the weights are counted against */
    static void restore(Graph graph, TensorReader memory) {
        Set<String> made = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (node.operator() instanceof TensorOperator operator
                    && operator.deterministic()
                    && (operator instanceof RandomOperator || operator instanceof Cast && made.contains(node.input(0)))
                    && made.containsAll(node.inputs())) {
                HostTensor weight = make(graph, node, operator, memory);
                graph.remove(node);
                graph.addInitializer(node.output(0), weight);
                made.add(node.output(0));
                node.inputs().stream()
                        .filter(input -> graph.uses(input).isEmpty() && !graph.isResult(input))
                        .forEach(graph::removeInitializer);
            }
            for (GraphBody body : node.bodies()) {
                restore(body.graph(), memory);
            }
        }
    }

    private static HostTensor make(Graph graph, Node node, TensorOperator operator, TensorReader memory) {
        HostTensor[] inputs =
                node.inputs().stream().map(graph.initializers()::get).toArray(HostTensor[]::new);
        InputTypes types = Inputs.of(inputs).types(1);
        TensorType type = operator.infer(types).get(0);
        memory.count(type.byteSize(), node.output(0), graph.where());
        HostTensor weight = HostTensor.allocate(type);
        operator.reference(Inputs.of(inputs), List.of(weight));
        return weight;
    }
}
