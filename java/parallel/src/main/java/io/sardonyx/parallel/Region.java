package io.sardonyx.parallel;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The nodes between a pair of products that are split together: from the weights that are cut by columns to that which is cut by rows,
 * whose products the ranks sum up. Found from the sum backwards and forwards: a value that is cut says how the node that makes it, and those
 * that use it, are split, and these which other values are. Weights are cut as their node wants them; inputs and outputs of the graph may be
 * cut; where a node cannot be split so, or a value would have to be whole too, there is no region.
 */
final class Region {
    private final Graph graph;
    private final Assumptions assumptions;
    private final Map<Node, Factor> nodes = new LinkedHashMap<>();
    private final Map<String, Layout> cut = new LinkedHashMap<>();
    private final Set<String> whole = new HashSet<>();
    private final Deque<String> open = new ArrayDeque<>();

    private Region(Graph graph, Assumptions assumptions) {
        this.graph = graph;
        this.assumptions = assumptions;
    }

    /** The region whose sum {@code product}, by a weight, is. */
    static Optional<Region> before(Node product, Graph graph, Assumptions assumptions) {
        for (Factor factor : assumptions.factors(product)) {
            if (factor.summed()) {
                int rows = factor.inputs().get(1).orElseThrow().axis();
                long size = graph.initializers().get(product.input(1)).shape().size(rows);
                int axis = factor.inputs().get(0).orElseThrow().axis();
                var region = new Region(graph, assumptions);
                boolean holds = region.assign(product.input(0), Optional.of(new Layout(axis, List.of(size))))
                        && region.grow()
                        && region.hasColumns();
                return holds ? Optional.of(region) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** How each node is split. */
    Map<Node, Factor> nodes() {
        return nodes;
    }

    /** How values are cut, weights apart. */
    Map<String, Layout> cut() {
        return cut;
    }

    /** Whether a weight is cut by columns, so that what the region starts with is whole. */
    private boolean hasColumns() {
        return nodes.entrySet().stream()
                .anyMatch(e -> !e.getValue().summed()
                        && Pair.hasWeight(graph, e.getKey())
                        && e.getValue().inputs().get(1).isPresent());
    }

    private boolean grow() {
        while (!open.isEmpty()) {
            String value = open.remove();
            Optional<Node> producer = graph.producer(value);
            if (producer.isPresent() && !visit(producer.get(), value)) {
                return false;
            }
            for (Node user : graph.uses(value)) {
                if (!visit(user, value)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean visit(Node node, String value) {
        if (nodes.containsKey(node)) {
            return true; // its values were put when it was assigned
        }
        for (Factor factor : assumptions.factors(node)) {
            Optional<Factor> fit = factor.where(node, value, cut.get(value));
            if (fit.isPresent() && (!factor.summed() || isSumByWeight(node))) {
                nodes.put(node, fit.get());
                return assign(node, fit.get());
            }
        }
        return false;
    }

    private boolean isSumByWeight(Node node) {
        return Pair.hasWeight(graph, node) && !graph.initializers().containsKey(node.input(0));
    }

    private boolean assign(Node node, Factor factor) {
        boolean fits = true;
        for (int i = 0; i < factor.inputs().size(); i++) {
            fits = fits && assign(node.input(i), factor.inputs().get(i));
        }
        for (int i = 0; i < factor.outputs().size(); i++) {
            fits = fits && assign(node.output(i), factor.outputs().get(i));
        }
        return fits;
    }

    private boolean assign(String value, Optional<Layout> layout) {
        if (value.isEmpty() || layout.isEmpty() && graph.initializers().containsKey(value)) {
            return true;
        }
        if (graph.initializers().containsKey(value)) {
            return assumptions.cuts(value, layout.get());
        }
        return layout.isPresent() ? put(value, layout.get()) : keepWhole(value);
    }

    private boolean put(String value, Layout layout) {
        Layout before = cut.putIfAbsent(value, layout);
        if (before != null || whole.contains(value)) {
            return layout.equals(before) && !whole.contains(value);
        }
        open.add(value);
        return assumptions.cuts(value, layout);
    }

    private boolean keepWhole(String value) {
        whole.add(value);
        return !cut.containsKey(value);
    }
}
