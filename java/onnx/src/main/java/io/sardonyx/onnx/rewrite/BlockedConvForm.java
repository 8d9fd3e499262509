package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.Precision;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.rewrite.ArrangedValues.Arranged;
import io.sardonyx.op.Activation;
import io.sardonyx.op.BlockedConv;
import io.sardonyx.op.Conv;
import io.sardonyx.op.FusedConv;
import io.sardonyx.op.Operator;
import io.sardonyx.op.UnblockChannels;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Float32 convolutions with constant weights as BlockedConv, which reads and writes plain tensors, too, so that nothing is moved at the edges. */
final class BlockedConvForm implements ConvolutionForm {
    /** Filters of a group below which vectors of 16 would be mostly empty. */
    private static final long FEW_FILTERS = 8;

    /** Columns from which on a depthwise convolution of plain tensors is faster along its rows than in blocks; by bench/layers. */
    private static final long LONG_ROW = 24;

    private final Graph graph;
    private final List<AssumedTypes> types;
    private final WinogradChoice winograd;

    BlockedConvForm(Graph graph, Precision precision) {
        this.graph = graph;
        this.types = AssumedTypes.of(graph);
        this.winograd = new WinogradChoice(types, precision);
    }

    @Override
    public boolean arrange(ArrangedValues values, Node node) {
        Optional<Convolved> conv = Convolved.of(graph, node);
        conv.ifPresent(c -> convolve(values, node, c));
        return conv.isPresent() || new BlockedQuantized(graph, values).arrange(node);
    }

    /** A convolution that has a kernel on blocks. */
    private record Convolved(Conv conv, Activation activation, boolean addLast, HostTensor weights) {
        static Optional<Convolved> of(Graph graph, Node node) {
            HostTensor w = graph.initializers().get(node.input(1));
            if (w == null
                    || w.dtype() != DType.FLOAT32
                    || w.shape().rank() < 3
                    || w.shape().rank() > 5) {
                return Optional.empty();
            }
            Optional<Convolved> found = Optional.empty();
            if (node.operator() instanceof Conv conv) {
                found = Optional.of(new Convolved(conv, Activation.NONE, false, w));
            } else if (node.operator() instanceof FusedConv fused) {
                found = Optional.of(new Convolved(fused.conv(), fused.activation(), fused.addLast(), w));
            }
            return found.filter(c -> c.conv.group() > 0
                    && w.shape().size(0) % c.conv.group() == 0
                    && (c.isDepthwise() || w.shape().size(0) / c.conv.group() >= FEW_FILTERS));
        }

        int rank() {
            return weights.shape().rank();
        }

        long channels() {
            return conv.group() * weights.shape().size(1);
        }

        long filters() {
            return weights.shape().size(0);
        }

        boolean isDepthwise() {
            return weights.shape().size(1) == 1 && filters() == conv.group();
        }
    }

    private void convolve(ArrangedValues values, Node node, Convolved c) {
        Optional<Arranged> x =
                values.of(node.input(0)).filter(b -> b.rank() == c.rank() && b.channels() == c.channels());
        Optional<Arranged> z =
                values.of(node.input(3)).filter(b -> b.rank() == c.rank() && b.channels() == c.filters());
        if (x.isPresent()
                && z.isEmpty()
                && node.hasInput(3)
                && !graph.isResult(node.output(0))
                && AssumedTypes.agree(types, node.input(3), node.output(0))) {
            z = Optional.of(values.require(node.input(3), c.filters(), c.rank()));
        }
        boolean blockedY = !node.hasInput(3) || z.isPresent();
        long tile = blockedY ? winograd.tile(c.conv, c.weights.shape(), node.output(0)) : 0;
        if (tile > 0 && x.isEmpty()) {
            values.requirePlain(node.input(0));
            x = Optional.of(values.require(node.input(0), c.channels(), c.rank()));
        }
        if (x.isEmpty()) {
            values.requirePlain(node.input(0));
        }
        if (!blockedY) {
            values.requirePlain(node.input(3));
        }
        List<String> inputs =
                new ArrayList<>(List.of(x.map(Arranged::name).orElse(node.input(0)), node.input(1), node.input(2)));
        if (node.hasInput(3)) {
            inputs.add(z.map(Arranged::name).orElse(node.input(3)));
        }
        var operator = new BlockedConv(c.conv, c.activation, c.addLast, x.isPresent(), blockedY, tile);
        graph.remove(node);
        String output = node.output(0);
        String y = blockedY ? values.define(output, c.filters(), c.rank()) : output;
        graph.add(Node.of(node.name(), operator, inputs, List.of(y)));
    }

    /**
     * A convolution whose blocks are only taken apart again writes a plain tensor itself; a depthwise one of long rows whose input is plain,
     * too, goes along them.
     */
    @Override
    public void finish() {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (node.operator() instanceof BlockedConv b && b.blockedY() && !node.hasInput(3) && b.winograd() == 0) {
                match.onlyUser(node.output(0))
                        .filter(user -> user.operator() instanceof UnblockChannels)
                        .ifPresent(user -> writePlain(node, b, user));
            }
        }
    }

    private void writePlain(Node node, BlockedConv conv, Node unblock) {
        boolean alongRows = isDepthwise(node) && !conv.blockedX() && isWide(conv.conv(), unblock.output(0));
        Operator plain = alongRows
                ? new FusedConv(conv.conv(), conv.activation(), false)
                : new BlockedConv(conv.conv(), conv.activation(), conv.addLast(), conv.blockedX(), false, 0);
        graph.remove(node);
        graph.replace(unblock, Node.of(node.name(), plain, node.inputs(), unblock.outputs()));
    }

    /** Whether a depthwise convolution that gives {@code y} has rows long enough for a kernel that goes along them. */
    private boolean isWide(Conv conv, String y) {
        return conv.window().strides().stream().allMatch(s -> s == 1)
                && types.stream()
                        .flatMap(t -> t.of(y).stream())
                        .findFirst()
                        .filter(t -> t.shape().size(-1) >= LONG_ROW)
                        .isPresent();
    }

    private boolean isDepthwise(Node node) {
        HostTensor w = graph.initializers().get(node.input(1));
        return w.shape().size(1) == 1
                && w.shape().size(0) == ((BlockedConv) node.operator()).conv().group();
    }
}
