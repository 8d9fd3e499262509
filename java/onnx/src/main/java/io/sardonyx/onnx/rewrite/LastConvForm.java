package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.rewrite.ArrangedValues.Arranged;
import io.sardonyx.op.Activation;
import io.sardonyx.op.ChannelsLastConv;
import io.sardonyx.op.Conv;
import io.sardonyx.op.FusedConv;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.Transpose;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Convolutions with constant weights of floats as ChannelsLastConv; where a residual is not at hand in that order, it is moved. */
final class LastConvForm implements ConvolutionForm {
    private final Graph graph;
    private final List<AssumedTypes> types;

    LastConvForm(Graph graph) {
        this.graph = graph;
        this.types = AssumedTypes.of(graph);
    }

    @Override
    public boolean arrange(ArrangedValues values, Node node) {
        HostTensor w = graph.initializers().get(node.input(1));
        boolean isConv = node.operator() instanceof Conv || node.operator() instanceof FusedConv;
        if (!isConv
                || w == null
                || !w.dtype().isFloat()
                || w.shape().rank() < 3
                || w.shape().rank() > 5) {
            return false;
        }
        FusedConv fused = node.operator() instanceof FusedConv f
                ? f
                : new FusedConv((Conv) node.operator(), Activation.NONE, false);
        int rank = w.shape().rank();
        long filters = w.shape().size(0);
        Optional<Arranged> z = values.of(node.input(3)).filter(b -> b.rank() == rank && b.channels() == filters);
        if (z.isEmpty() && AssumedTypes.agree(types, node.input(3), node.output(0))) {
            z = Optional.of(values.require(node.input(3), filters, rank));
        }
        if (node.hasInput(3) && z.isEmpty()) {
            return false;
        }
        Arranged x =
                values.require(node.input(0), fused.conv().group() * w.shape().size(1), rank);
        List<String> inputs = new ArrayList<>(List.of(x.name(), weights(node.input(1), w), node.input(2)));
        z.ifPresent(arranged -> inputs.add(arranged.name()));
        graph.remove(node);
        graph.add(Node.of(
                node.name(),
                new ChannelsLastConv(fused.conv(), fused.activation(), fused.addLast()),
                inputs,
                List.of(values.define(node.output(0), filters, rank))));
        return true;
    }

    /** W [M, C / group, kernel] as [M, kernel, C / group]. */
    private String weights(String name, HostTensor w) {
        int rank = w.shape().rank();
        List<Long> axes = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
        axes.add(axes.remove(1));
        long[] shape =
                axes.stream().mapToLong(a -> w.shape().size(a.intValue())).toArray();
        HostTensor last = HostTensor.allocate(w.type().with(Shape.of(shape)));
        new Transpose(Optional.of(axes)).reference(Inputs.of(w), List.of(last));
        return graph.addConstant(name + "_last", last);
    }
}
