package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.rewrite.ArrangedValues.Arranged;
import io.sardonyx.op.Activation;
import io.sardonyx.op.Add;
import io.sardonyx.op.Alignment;
import io.sardonyx.op.BatchNormalization;
import io.sardonyx.op.Mul;
import io.sardonyx.op.Relu;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A BatchNormalization at inference that no convolution took in, with the multiplications and additions of constants for each channel behind
 * it, and a Relu: {@code f(x · factor[c] + shift[c])}.
 *
 * @param parts the nodes, the last of which gives the result
 */
record Scaling(Graph graph, String name, List<Node> parts, double[] factor, double[] shift, Activation activation) {
    /** Empty where a constant is none, its type is another than float32, or x may be of another type than they are. */
    static Optional<Scaling> of(Graph graph, Node node, BatchNormalization norm, Arranged x) {
        int channels = Math.toIntExact(x.channels());
        List<HostTensor> constants = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Optional.ofNullable(graph.initializers().get(node.input(i)))
                    .filter(t -> t.size() == channels && t.dtype() == DType.FLOAT32)
                    .ifPresent(constants::add);
        }
        if (constants.size() != 4 || WidenNodes.has16Bits(graph)) {
            return Optional.empty();
        }
        double[] factor = new double[channels];
        double[] shift = new double[channels];
        for (int c = 0; c < channels; c++) {
            factor[c] =
                    constants.get(0).getDouble(c) / Math.sqrt(constants.get(3).getDouble(c) + norm.epsilon());
            shift[c] = constants.get(1).getDouble(c) - constants.get(2).getDouble(c) * factor[c];
        }
        List<Node> parts = new ArrayList<>(List.of(node));
        Match match = new Match(graph);
        Optional<Node> next = match.onlyUser(node.output(0));
        while (next.isPresent()
                && takeIn(graph, next.get(), parts.get(parts.size() - 1).output(0), x, factor, shift)) {
            parts.add(next.get());
            next = match.onlyUser(next.get().output(0));
        }
        boolean relu = next.isPresent() && next.get().operator() instanceof Relu;
        if (relu) {
            parts.add(next.get());
        }
        return Optional.of(
                new Scaling(graph, node.name(), parts, factor, shift, relu ? Activation.RELU : Activation.NONE));
    }

    /** Lets a product with, or a sum of constants for each channel become part of the factors and shifts, if {@code node} is one. */
    private static boolean takeIn(Graph graph, Node node, String value, Arranged x, double[] factor, double[] shift) {
        boolean product = node.operator().equals(new Mul(Alignment.NUMPY));
        HostTensor constant = graph.initializers().get(node.inputs().size() == 2 ? Match.other(node, value) : "");
        if ((!product && !node.operator().equals(new Add(Alignment.NUMPY)))
                || constant == null
                || !isPerChannel(constant, x)) {
            return false;
        }
        for (int c = 0; c < factor.length; c++) {
            if (product) {
                factor[c] *= constant.getDouble(c);
                shift[c] *= constant.getDouble(c);
            } else {
                shift[c] += constant.getDouble(c);
            }
        }
        return true;
    }

    private static boolean isPerChannel(HostTensor constant, Arranged x) {
        int axis = constant.shape().rank() - x.rank() + 1;
        return constant.shape().rank() <= x.rank()
                && axis >= 0
                && constant.shape().size(axis) == x.channels()
                && constant.size() == x.channels();
    }

    /** Puts one node in the place of all. */
    boolean put(ChannelOrder order, ArrangedValues values, Arranged x) {
        String result = parts.get(parts.size() - 1).output(0);
        parts.forEach(graph::remove);
        graph.add(order.scale(graph, this, x.name(), values.define(result, x.channels(), x.rank()), x.rank()));
        return true;
    }
}
