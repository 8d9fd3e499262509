package io.sardonyx.parallel;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.AllReduce;
import io.sardonyx.op.Attributes;
import io.sardonyx.op.Concat;
import io.sardonyx.op.Gemm;
import io.sardonyx.op.MicrosoftAttention;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Operators;
import io.sardonyx.op.Reshape;
import io.sardonyx.op.Split;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a rank's nodes in the place of those of a {@link Region}. Lists of sizes are those of the whole model everywhere, so that what a
 * model works out from one holds; they are divided where a Reshape takes one, and multiplied where a Shape gives one.
 */
final class RankNodes {
    private static final int OPSET = 14;

    private final Graph graph;
    private final Assumptions assumptions;
    private final int rank;
    private final int ranks;

    private RankNodes(Graph graph, Assumptions assumptions, int rank, int ranks) {
        this.graph = graph;
        this.assumptions = assumptions;
        this.rank = rank;
        this.ranks = ranks;
    }

    /** @param assumptions of the graph as the model has it */
    static void replace(Region region, Graph graph, Assumptions assumptions, int rank, int ranks) {
        var nodes = new RankNodes(graph, assumptions, rank, ranks);
        region.nodes().forEach((node, factor) -> nodes.replace(node, factor, nodes.withPieces(node, factor)));
    }

    /** The node with its pieces of the weights. */
    private Node withPieces(Node node, Factor factor) {
        List<String> inputs = new ArrayList<>(node.inputs());
        for (int i = 0; i < inputs.size(); i++) {
            HostTensor weight = graph.initializers().get(inputs.get(i));
            Optional<Layout> layout = factor.inputs().get(i);
            if (weight != null && layout.isPresent()) {
                inputs.set(i, graph.addConstant(inputs.get(i), layout.get().piece(weight, rank, ranks)));
            }
        }
        return node.withInputs(inputs);
    }

    private void replace(Node node, Factor factor, Node piece) {
        Operator operator = node.operator();
        if (factor.summed()) {
            sum(node, piece);
        } else if (operator instanceof Reshape && factor.outputs().get(0).isPresent()) {
            int axis = factor.outputs().get(0).get().axis();
            graph.replace(node, piece.withInputs(List.of(piece.input(0), divided(piece.input(1), axis))));
        } else if (operator instanceof io.sardonyx.op.Shape shape) {
            shape(node, shape, factor.inputs().get(0).orElseThrow().axis());
        } else if (operator instanceof Split split
                && isCut(split, factor.inputs().get(0))) {
            List<Long> parts = factor.inputs().get(0).orElseThrow().parts();
            List<Long> pieces = parts.stream().map(part -> part / ranks).toList();
            graph.replace(
                    node,
                    Node.of(
                            node.name(),
                            new Split(split.axis(), Optional.of(pieces), false),
                            List.of(piece.input(0)),
                            node.outputs()));
        } else if (operator instanceof MicrosoftAttention attention) {
            graph.replace(node, piece.with(pieceOf(attention)));
        } else {
            graph.replace(node, piece);
        }
    }

    /** Whether a Split is along the axis that is cut: its parts are then. */
    private static boolean isCut(Split split, Optional<Layout> layout) {
        return layout.isPresent() && layout.get().parts().size() > 1;
    }

    private MicrosoftAttention pieceOf(MicrosoftAttention attention) {
        return new MicrosoftAttention(
                attention.heads() / ranks,
                attention.unidirectional(),
                attention.maskValue(),
                attention.sizes().stream().map(size -> size / ranks).toList(),
                attention.scale());
    }

    /** Each rank's part of the sum, all ranks' sum, and what is added to that. */
    private void sum(Node node, Node piece) {
        String part = graph.fresh(node.output(0) + "_part");
        boolean adds = node.operator() instanceof Gemm && node.hasInput(2);
        String whole = adds ? graph.fresh(node.output(0) + "_sum") : node.output(0);
        List<Node> nodes = new ArrayList<>();
        nodes.add(piece.withInputs(piece.inputs().subList(0, 2)).withOutputs(List.of(part)));
        nodes.add(Node.of(node.name() + "_sum", new AllReduce("SUM"), List.of(part), List.of(whole)));
        if (adds) {
            String addend = node.input(2);
            float beta = ((Gemm) node.operator()).beta();
            if (beta != 1) {
                DType dtype = assumptions.dtype(addend);
                String scaled = graph.fresh(addend + "_scaled");
                String factor = graph.addConstant(addend + "_beta", HostTensor.of(dtype, Shape.SCALAR, beta));
                nodes.add(node(node, "Mul", List.of(addend, factor), scaled));
                addend = scaled;
            }
            nodes.add(node(node, "Add", List.of(whole, addend), node.output(0)));
        }
        graph.replace(node, nodes.toArray(Node[]::new));
    }

    /** A Shape, whose entry for the axis that is cut becomes what it is for the whole. */
    private void shape(Node node, io.sardonyx.op.Shape shape, int axis) {
        int rank = assumptions.rank(node.input(0));
        int start = (int) Math.max(0, Math.min(rank, shape.start() < 0 ? shape.start() + rank : shape.start()));
        int size = (int) assumptions.elements(node.output(0));
        if (axis < start || axis >= start + size) {
            return;
        }
        long[] factors = new long[size];
        Arrays.fill(factors, 1);
        factors[axis - start] = ranks;
        String own = graph.fresh(node.output(0) + "_piece");
        String factor = graph.addConstant("ranks", HostTensor.of(Shape.of(size), factors));
        graph.replace(node, node.withOutputs(List.of(own)), node(node, "Mul", List.of(own, factor), node.output(0)));
    }

    /**
     * A list of sizes with the one at {@code entry} divided; −1 and 0, which stand for others, stay. Where the list is put together, only
     * the entry is changed: patterns that rewrites look for stay what they are.
     */
    private String divided(String sizes, int entry) {
        HostTensor constant = graph.initializers().get(sizes);
        if (constant != null) {
            HostTensor pieces = constant.copy();
            if (constant.getLong(entry) > 0) {
                pieces.set(entry, constant.getLong(entry) / ranks);
            }
            return graph.addConstant(sizes, pieces);
        }
        Optional<Node> concat = graph.producer(sizes)
                .filter(n ->
                        n.operator() instanceof Concat && n.inputs().stream().allMatch(assumptions::isSingle));
        if (concat.isPresent()) {
            List<String> entries = new ArrayList<>(concat.get().inputs());
            entries.set(entry, divided(entries.get(entry), 0));
            String whole = graph.fresh(sizes);
            graph.add(concat.get().withInputs(entries).withOutputs(List.of(whole)));
            return whole;
        }
        long[] divisors = new long[(int) assumptions.elements(sizes)];
        Arrays.fill(divisors, 1);
        divisors[entry] = ranks;
        String divisor = graph.addConstant("ranks", HostTensor.of(Shape.of(divisors.length), divisors));
        String quotient = graph.fresh(sizes);
        String piece = graph.fresh(sizes);
        graph.add(Node.of(quotient, operator("Div"), List.of(sizes, divisor), List.of(quotient)));
        graph.add(Node.of(
                piece, operator("Min"), List.of(sizes, quotient), List.of(piece))); // of -1 there is no quotient
        return piece;
    }

    private static Node node(Node of, String operator, List<String> inputs, String output) {
        return Node.of(of.name(), operator(operator), inputs, List.of(output));
    }

    private static Operator operator(String name) {
        return Operators.read(Operators.ONNX, name, Attributes.of(OPSET, Map.of()))
                .orElseThrow();
    }
}
