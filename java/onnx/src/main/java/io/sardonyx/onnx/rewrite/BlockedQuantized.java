package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.rewrite.ArrangedValues.Arranged;
import io.sardonyx.op.BlockedQLinearConv;
import io.sardonyx.op.ChannelBlocks;
import io.sardonyx.op.Operator;
import io.sardonyx.op.QLinearConv;
import io.sardonyx.op.QLinearGlobalAveragePool;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How convolutions of bytes bring values into blocks, and what of quantised graphs goes on with them beside {@link ArrangedForms}. */
final class BlockedQuantized {
    private final Graph graph;
    private final ArrangedValues values;

    BlockedQuantized(Graph graph, ArrangedValues values) {
        this.graph = graph;
        this.values = values;
    }

    /** Whether {@code node} is a convolution that has a kernel on blocks. */
    static boolean isConvolution(Graph graph, Node node) {
        HostTensor w = graph.initializers().get(node.input(3));
        if (!(node.operator() instanceof QLinearConv conv)
                || node.hasInput(5)
                || w == null
                || w.dtype() != DType.INT8
                || w.shape().rank() < 3
                || w.shape().rank() > 5
                || conv.group() < 1
                || w.shape().size(0) % conv.group() != 0) {
            return false;
        }
        boolean whole = w.shape().size(1) % ChannelBlocks.SIZE == 0
                && w.shape().size(0) / conv.group() % ChannelBlocks.SIZE == 0;
        return conv.group() == 1 || whole || isDepthwise(w.shape(), conv);
    }

    private static boolean isDepthwise(Shape w, QLinearConv conv) {
        return w.size(1) == 1 && w.size(0) == conv.group();
    }

    /** Lets {@code node} give blocks, or work on them, if it can. */
    boolean arrange(Node node) {
        if (isConvolution(graph, node)) {
            convolve(node, (QLinearConv) node.operator());
            return true;
        }
        Optional<Arranged> x = values.of(node.input(0));
        if (x.isEmpty() || !(node.operator() instanceof QLinearGlobalAveragePool pool) || pool.channelsLast()) {
            return false;
        }
        List<String> inputs = withFirst(node.inputs(), x.get().name());
        put(
                node,
                new QLinearGlobalAveragePool(false, true),
                inputs,
                x.get().channels(),
                x.get().rank());
        return true;
    }

    private void convolve(Node node, QLinearConv conv) {
        Shape w = graph.initializers().get(node.input(3)).shape();
        long channels = conv.group() * w.size(1);
        Optional<Arranged> x = values.of(node.input(0)).filter(b -> b.rank() == w.rank() && b.channels() == channels);
        if (x.isEmpty()) {
            values.requirePlain(node.input(0));
        }
        if (conv.group() > 1 && x.isEmpty()) {
            x = Optional.of(values.require(node.input(0), channels, w.rank()));
        }
        List<String> inputs = withFirst(node.inputs(), x.map(Arranged::name).orElse(node.input(0)));
        inputs.remove(5); // the weights' zero point
        put(node, new BlockedQLinearConv(conv, x.isPresent()), inputs, w.size(0), w.rank());
    }

    private void put(Node node, Operator operator, List<String> inputs, long channels, int rank) {
        graph.remove(node);
        graph.add(Node.of(node.name(), operator, inputs, List.of(values.define(node.output(0), channels, rank))));
    }

    private static List<String> withFirst(List<String> inputs, String first) {
        List<String> others = new ArrayList<>(inputs);
        others.set(0, first);
        return others;
    }
}
