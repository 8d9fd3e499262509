package io.sardonyx.onnx.plan;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.GraphBody;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import io.sardonyx.op.Subgraph;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph and the bodies inside its nodes with numbers instead of names.
 *
 * @param bodies the bodies of this graph's nodes; a body's inputs are its own and then what it captures
 */
record Numbering(NumberedGraph graph, Map<Subgraph, Numbering> bodies) {
    static Numbering of(Graph graph) {
        return of(graph, Set.of());
    }

    private static Numbering of(Graph graph, Set<String> captured) {
        return new Builder().build(graph, captured);
    }

    private static final class Builder {
        private final Map<String, Integer> numbers = new HashMap<>();
        private final List<String> names = new ArrayList<>();
        private final Map<Subgraph, Numbering> bodies = new IdentityHashMap<>();

        Numbering build(Graph graph, Set<String> captured) {
            List<Integer> inputs = new ArrayList<>();
            for (ValueInfo input : graph.inputs()) {
                inputs.add(number(input.name()));
            }
            captured.forEach(name -> inputs.add(number(name)));
            List<Instruction> instructions = new ArrayList<>(graph.size());
            for (Node node : graph.nodes()) {
                instructions.add(instruction(node));
            }
            int[] outputs = graph.results().stream().mapToInt(this::number).toArray();
            graph.initializers().keySet().forEach(this::number);
            HostTensor[] constants = new HostTensor[names.size()];
            graph.initializers().forEach((name, value) -> constants[numbers.get(name)] = value);
            NumberedGraph numbered = new NumberedGraph(
                    List.copyOf(names), inputs.stream().mapToInt(i -> i).toArray(), outputs, constants, instructions);
            return new Numbering(numbered, bodies);
        }

        private Instruction instruction(Node node) {
            List<Integer> inputs = new ArrayList<>();
            node.inputs().forEach(name -> inputs.add(number(name)));
            Map<Subgraph, int[]> captures = new IdentityHashMap<>();
            for (GraphBody body : node.bodies()) {
                Set<String> captured = new LinkedHashSet<>(body.captures());
                int[] positions = new int[captured.size()];
                int next = 0;
                for (String name : captured) {
                    positions[next++] = inputs.size();
                    inputs.add(number(name));
                }
                captures.put(body, positions);
                bodies.put(body, of(body.graph(), captured));
            }
            return new Instruction(
                    node.name(),
                    node.opType(),
                    node.operator(),
                    inputs.stream().mapToInt(i -> i).toArray(),
                    node.inputs().size(),
                    node.outputs().stream().mapToInt(this::number).toArray(),
                    captures);
        }

        private int number(String name) {
            if (name.isEmpty()) {
                return NumberedGraph.ABSENT;
            }
            return numbers.computeIfAbsent(name, n -> {
                names.add(n);
                return names.size() - 1;
            });
        }
    }
}
