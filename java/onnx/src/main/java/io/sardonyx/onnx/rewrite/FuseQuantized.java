package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Add;
import io.sardonyx.op.Clip;
import io.sardonyx.op.Conv;
import io.sardonyx.op.Gemm;
import io.sardonyx.op.GlobalAveragePool;
import io.sardonyx.op.Operator;
import io.sardonyx.op.QLinearAdd;
import io.sardonyx.op.QLinearConv;
import io.sardonyx.op.QLinearGlobalAveragePool;
import io.sardonyx.op.Relu;
import io.sardonyx.op.Squeeze;
import io.sardonyx.op.Unsqueeze;
import io.sardonyx.op.Window;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * An operator of floats between DequantizeLinear and QuantizeLinear becomes the operator of bytes that such a pattern stands for: integers
 * are summed exactly, and rounded once. A Relu or Clip in front of QuantizeLinear limits the bytes, if they are not within its limits
 * anyway. What only moves elements, moves bytes. Must run while constant weights are still bytes.
 */
final class FuseQuantized implements Rewrite {
    private static final Set<String> MOVES = Set.of("Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze");

    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            Quantity.after(match, node).ifPresent(y -> fuse(match, node, y));
        }
    }

    private static void fuse(Match match, Node quantize, Quantity y) {
        String value = quantize.input(0);
        Optional<Node> producer = match.graph().producer(value).filter(p -> match.onlyFor(value, quantize));
        Optional<Limits> limits = producer.flatMap(p -> Limits.of(match, p));
        if (limits.isPresent()) {
            String limited = producer.get().input(0);
            Node limit = producer.get();
            producer = match.graph().producer(limited).filter(p -> match.onlyFor(limited, limit));
        }
        if (producer.isEmpty()) {
            return;
        }
        Node node = producer.get();
        Optional<Node> fused = Optional.empty();
        if (node.operator() instanceof Conv conv) {
            fused = convolve(match, node, conv, y);
        } else if (node.operator() instanceof Gemm gemm && !gemm.transA() && gemm.alpha() == 1 && gemm.beta() == 1) {
            fused = multiply(match, node, gemm, y);
        } else if (node.operator() instanceof Add) {
            fused = add(match, node, y);
        } else if (node.operator() instanceof GlobalAveragePool) {
            fused = Quantity.before(match, node.input(0))
                    .map(x -> make(node, new QLinearGlobalAveragePool(false, false), x.inputs(), y));
        } else if (MOVES.contains(node.opType())) {
            fused = Quantity.before(match, node.input(0)).filter(y::isLike).map(x -> {
                List<String> inputs = new ArrayList<>(node.inputs());
                inputs.set(0, x.bytes());
                return node.withInputs(inputs).withOutputs(List.of(y.bytes()));
            });
        }
        if (fused.isPresent()) {
            match.graph().remove(quantize);
            limits.ifPresent(l -> match.graph().remove(l.node));
            match.graph().remove(node);
            limit(match, fused.get(), limits, y);
        }
    }

    /** A node that gives y's bytes, with y's scale and zero point behind its other inputs. */
    private static Node make(Node from, Operator operator, List<String> inputs, Quantity y) {
        List<String> all = new ArrayList<>(inputs);
        all.add(y.scale());
        all.add(y.zero());
        return Node.of(from.name(), operator, all, List.of(y.bytes()));
    }

    private static Optional<Node> convolve(Match match, Node node, Conv conv, Quantity y) {
        return Quantity.before(match, node.input(0)).flatMap(x -> QuantisedFilters.of(match, x, node, 0)
                .map(w ->
                        convolution(match, node, x, w, new QLinearConv(conv.group(), conv.window()), w.weights(), y)));
    }

    private static Node convolution(
            Match match, Node from, Quantity x, QuantisedFilters w, QLinearConv conv, String weights, Quantity y) {
        List<String> inputs = new ArrayList<>(x.inputs());
        inputs.addAll(List.of(weights, w.scale(), ""));
        Node fused = make(from, conv, inputs, y);
        if (w.bias().isEmpty()) {
            return fused;
        }
        inputs = new ArrayList<>(fused.inputs());
        inputs.add(match.graph().addConstant(from.input(2) + "_units", w.bias().get()));
        return fused.withInputs(inputs);
    }

    /** A product of matrices, as the convolution of one position that it is. */
    private static Optional<Node> multiply(Match match, Node node, Gemm gemm, Quantity y) {
        return Quantity.before(match, node.input(0))
                .flatMap(x -> QuantisedFilters.of(match, x, node, gemm.transB() ? 0 : 1)
                        .map(w -> {
                            Graph graph = match.graph();
                            String in = graph.fresh(x.bytes() + "_position");
                            graph.add(Node.of(
                                    node.name() + "_position",
                                    new Unsqueeze(Optional.of(List.of(2L))),
                                    List.of(x.bytes()),
                                    List.of(in)));
                            String out = graph.fresh(y.bytes() + "_position");
                            HostTensor b = match.constant(w.weights()).orElseThrow();
                            String filters = graph.addConstant(w.weights() + "_filters", filters(b, gemm.transB()));
                            graph.add(convolution(
                                            match,
                                            node,
                                            new Quantity(match, in, x.scale(), x.zero()),
                                            w,
                                            new QLinearConv(1, Window.of(1)),
                                            filters,
                                            y)
                                    .withOutputs(List.of(out)));
                            return Node.of(
                                    node.name() + "_result",
                                    new Squeeze(Optional.of(List.of(2L))),
                                    List.of(out),
                                    List.of(y.bytes()));
                        }));
    }

    /** A matrix as filters of one position. */
    private static HostTensor filters(HostTensor b, boolean transposed) {
        int rows = (int) b.shape().size(0);
        int columns = (int) b.shape().size(1);
        HostTensor filters = HostTensor.allocate(
                b.type().with(transposed ? Shape.of(rows, columns, 1) : Shape.of(columns, rows, 1)));
        for (int i = 0; i < b.size(); i++) {
            filters.copy(transposed ? i : i % columns * rows + i / columns, b, i);
        }
        return filters;
    }

    private static Optional<Node> add(Match match, Node node, Quantity y) {
        Optional<Quantity> a = Quantity.before(match, node.input(0)).filter(q -> isComputed(match, q));
        Optional<Quantity> b = Quantity.before(match, node.input(1)).filter(q -> isComputed(match, q));
        if (a.isEmpty() || b.isEmpty()) {
            return Optional.empty();
        }
        List<String> inputs = new ArrayList<>(a.get().inputs());
        inputs.addAll(b.get().inputs());
        return Optional.of(make(node, new QLinearAdd(), inputs, y));
    }

    /** A constant has a shape of its own as a rule, and the kernel does not stretch. */
    private static boolean isComputed(Match match, Quantity q) {
        return match.constant(q.bytes()).isEmpty();
    }

    /** Adds {@code fused}, and a Clip of bytes behind it if the limits are within the bytes' range. */
    private static void limit(Match match, Node fused, Optional<Limits> limits, Quantity y) {
        double low = limits.map(l -> y.quantised(l.low)).orElse(y.smallest());
        double high = limits.map(l -> y.quantised(l.high)).orElse(y.smallest() + 255);
        if (low == y.smallest() && high == y.smallest() + 255) {
            match.graph().add(fused);
            return;
        }
        String free = match.graph().fresh(y.bytes() + "_free");
        String lowest = constant(match, y.bytes() + "_low", y.dtype(), low);
        String highest = constant(match, y.bytes() + "_high", y.dtype(), high);
        match.graph().add(fused.withOutputs(List.of(free)));
        match.graph()
                .add(Node.of(fused.name() + "_clip", new Clip(), List.of(free, lowest, highest), List.of(y.bytes())));
    }

    private static String constant(Match match, String name, DType dtype, double value) {
        return match.graph().addConstant(name, HostTensor.of(dtype, Shape.SCALAR, value));
    }

    /** The limits that a node puts on its input. */
    private record Limits(Node node, double low, double high) {
        static Optional<Limits> of(Match match, Node node) {
            if (node.operator() instanceof Relu) {
                return Optional.of(new Limits(node, 0, Double.POSITIVE_INFINITY));
            } else if (node.operator() instanceof Clip clip) {
                OptionalDouble low = bound(match, node, 1, clip.lowest());
                OptionalDouble high = bound(match, node, 2, clip.highest());
                return low.isPresent() && high.isPresent()
                        ? Optional.of(new Limits(node, low.getAsDouble(), high.getAsDouble()))
                        : Optional.empty();
            }
            return Optional.empty();
        }

        private static OptionalDouble bound(Match match, Node node, int input, double otherwise) {
            return node.hasInput(input) ? match.scalar(node.input(input)) : OptionalDouble.of(otherwise);
        }
    }
}
