package io.sardonyx.onnx.read;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.GraphBody;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.graph.ValueInfo;
import java.util.ArrayList;
import java.util.List;

/** Checks a graph as a whole: everything used is defined, nothing hides a name of a graph around it, there is no cycle. */
final class GraphCheck {
    private GraphCheck() {}

    /** @throws InvalidGraphException naming the value, node or cycle */
    static void check(Graph graph) {
        check(graph, new ArrayList<>());
    }

    private static void check(Graph graph, List<Graph> around) {
        for (ValueInfo input : graph.inputs()) {
            rejectShadow(input.name(), graph, around);
        }
        for (String initializer : graph.initializers().keySet()) {
            rejectShadow(initializer, graph, around);
        }
        List<Node> nodes = graph.nodes(); // finds cycles
        for (Node node : nodes) {
            for (String output : node.outputs()) {
                rejectShadow(output, graph, around);
            }
            for (String input : node.inputs()) {
                if (!input.isEmpty() && !defined(input, graph, around)) {
                    throw new InvalidGraphException(
                            graph.where().node(node.name()), "input '" + input + "' is not defined");
                }
            }
        }
        for (String result : graph.results()) {
            if (!defined(result, graph, around)) {
                throw new InvalidGraphException(
                        graph.where(), "output '" + result + "' of graph '" + graph.name() + "' is not defined");
            }
        }
        around.add(graph);
        for (Node node : nodes) {
            for (GraphBody body : node.bodies()) {
                check(body.graph(), around);
            }
        }
        around.remove(around.size() - 1);
    }

    private static boolean defined(String value, Graph graph, List<Graph> around) {
        return graph.defines(value) || around.stream().anyMatch(outer -> outer.defines(value));
    }

    private static void rejectShadow(String value, Graph graph, List<Graph> around) {
        for (Graph outer : around) {
            if (outer.defines(value)) {
                throw new InvalidGraphException(
                        graph.where(),
                        "value '" + value + "' of graph '" + graph.name() + "' hides one of graph '" + outer.name()
                                + "'");
            }
        }
    }
}
