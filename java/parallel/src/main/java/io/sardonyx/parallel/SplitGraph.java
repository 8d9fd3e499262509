package io.sardonyx.parallel;

import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Dim;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.graph.ValueInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of a graph on the ranks.
 *
 * @param inputs how inputs are cut that are
 * @param outputs how outputs are cut that are
 * @param weightBytes of one rank
 */
record SplitGraph(List<Pair> pairs, Map<String, Layout> inputs, Map<String, Layout> outputs, long weightBytes) {
    /** Makes {@code graph} that of {@code rank}; the same on every rank but for what the pieces of weights hold. */
    static SplitGraph apply(Graph graph, int rank, int ranks) {
        List<Pair> pairs = new ArrayList<>();
        Map<String, Layout> cut = new LinkedHashMap<>();
        var assumptions = new Assumptions(graph, ranks);
        for (Region region : regions(graph, assumptions)) {
            pairs.add(Pair.of(graph, region));
            cut.putAll(region.cut());
            RankNodes.replace(region, graph, assumptions, rank, ranks);
        }
        Map<String, Layout> inputs = new LinkedHashMap<>();
        for (ValueInfo input : graph.inputs()) {
            if (cut.containsKey(input.name())) {
                inputs.put(input.name(), cut.get(input.name()));
            }
        }
        Map<String, Layout> outputs = new LinkedHashMap<>();
        for (int i = 0; i < graph.outputs().size(); i++) {
            Layout layout = cut.get(graph.results().get(i));
            if (layout != null) {
                outputs.put(graph.outputs().get(i).name(), layout);
            }
        }
        cut.forEach((value, layout) -> graph.redeclare(new ValueInfo(value, piece(graph.type(value), layout, ranks))));
        return new SplitGraph(List.copyOf(pairs), inputs, outputs, weightBytes(graph));
    }

    private static long weightBytes(Graph graph) {
        return graph.initializers().entrySet().stream()
                .filter(weight -> !graph.uses(weight.getKey()).isEmpty())
                .mapToLong(weight -> weight.getValue().type().byteSize())
                .sum();
    }

    private static List<Region> regions(Graph graph, Assumptions assumptions) {
        List<Region> regions = new ArrayList<>();
        Set<Node> taken = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (Pair.hasWeight(graph, node) && !taken.contains(node)) {
                Optional<Region> region = Region.before(node, graph, assumptions)
                        .filter(r -> r.nodes().keySet().stream().noneMatch(taken::contains));
                region.ifPresent(r -> {
                    regions.add(r);
                    taken.addAll(r.nodes().keySet());
                });
            }
        }
        return regions;
    }

    private static DeclaredType piece(DeclaredType type, Layout layout, int ranks) {
        if (!(type instanceof DeclaredType.OfTensor tensor) || tensor.dims().isEmpty()) {
            return type;
        }
        List<Dim> dims = new ArrayList<>(tensor.dims().get());
        if (dims.get(layout.axis()).known().isPresent()) {
            dims.set(layout.axis(), Dim.of(layout.size() / ranks));
        }
        return new DeclaredType.OfTensor(tensor.dtype(), Optional.of(dims));
    }
}
