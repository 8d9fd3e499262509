package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Conv;
import io.sardonyx.op.FusedConv;
import io.sardonyx.op.QLinearConv;
import java.util.List;
import java.util.function.Function;

/**
 * Moves a graph into another {@link ChannelOrder} once, from its first convolution on: convolutions give it, and whatever can goes on in it
 * ({@link ArrangedForms}); what cannot gets the plain value. After the NCHWc of ONNX Runtime's MLAS.
 */
final class ArrangeChannels implements Rewrite {
    private final ChannelOrder order;
    private final Function<Graph, ConvolutionForm> convolutions;

    ArrangeChannels(ChannelOrder order, Function<Graph, ConvolutionForm> convolutions) {
        this.order = order;
        this.convolutions = convolutions;
    }

    @Override
    public void apply(Graph graph) {
        List<Node> nodes = graph.nodes();
        if (nodes.stream().noneMatch(ArrangeChannels::isConvolution)) {
            return;
        }
        var values = new ArrangedValues(graph, order);
        ConvolutionForm convolution = convolutions.apply(graph);
        var forms = new ArrangedForms(graph, order, values);
        for (Node node : nodes) {
            if (graph.contains(node) && !convolution.arrange(values, node) && !forms.arrange(node)) {
                node.reads().forEach(values::requirePlain);
            }
        }
        graph.results().forEach(values::requirePlain);
        convolution.finish();
    }

    private static boolean isConvolution(Node node) {
        return node.operator() instanceof Conv
                || node.operator() instanceof FusedConv
                || node.operator() instanceof QLinearConv;
    }
}
