package io.sardonyx.onnx.graph;

import io.sardonyx.onnx.InvalidGraphException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sorts nodes so that each comes after those it depends on, and otherwise keeps their order. Linear, without recursion. */
final class TopologicalOrder {
    /** A node whose dependencies are being visited. */
    private static final class Visit {
        final Node node;
        final List<String> dependencies;
        int next;

        Visit(Node node) {
            this.node = node;
            this.dependencies = node.dependencies();
        }
    }

    private TopologicalOrder() {}

    static List<Node> of(Graph graph, NodeList nodes) {
        var sorted = new ArrayList<Node>(nodes.size());
        Map<Node, Boolean> done = new HashMap<>(nodes.size() * 2); // false: on the path
        var path = new ArrayDeque<Visit>();
        for (Node start : nodes) {
            if (done.putIfAbsent(start, false) == null) {
                path.push(new Visit(start));
            }
            while (!path.isEmpty()) {
                Visit visit = path.peek();
                if (visit.next == visit.dependencies.size()) {
                    path.pop();
                    done.put(visit.node, true);
                    sorted.add(visit.node);
                    continue;
                }
                Node before =
                        graph.producer(visit.dependencies.get(visit.next++)).orElse(null);
                Boolean state = before == null ? Boolean.TRUE : done.putIfAbsent(before, false);
                if (state == null) {
                    path.push(new Visit(before));
                } else if (!state) {
                    throw new InvalidGraphException(graph.where(), "cycle: " + describe(path, before));
                }
            }
        }
        return sorted;
    }

    /** The cycle in the direction in which values flow; the middle of a long one is left out. */
    private static String describe(ArrayDeque<Visit> path, Node repeated) {
        var cycle = new ArrayList<String>();
        cycle.add(repeated.name());
        for (Visit visit : path) { // the innermost visit, which reads from `repeated`, comes first
            cycle.add(visit.node.name());
            if (visit.node == repeated) {
                break;
            }
        }
        if (cycle.size() > 12) {
            cycle.subList(6, cycle.size() - 5).clear();
            cycle.add(6, "…");
        }
        return String.join(" -> ", cycle);
    }
}
