package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.FusedMatMul;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** MatMul by a weight with its {@link ProductTail}: one FusedMatMul. */
final class FuseMatMul implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            Optional<HostTensor> weight = match.constant(node.input(1));
            if (node.opType().equals("MatMul")
                    && weight.isPresent()
                    && weight.get().shape().rank() == 2) {
                fuse(match, node, weight.get().shape().size(1));
            }
        }
    }

    private static void fuse(Match match, Node product, long columns) {
        ProductTail tail = ProductTail.behind(match, product.output(0), columns);
        if (tail.nodes().isEmpty()) {
            return;
        }
        FusedMatMul operator = FusedMatMul.PLAIN.with(tail.activation());
        List<String> inputs = new ArrayList<>(List.of(product.input(0), product.input(1), tail.bias()));
        if (tail.hasAddend()) {
            operator = operator.addingLast();
            inputs.add(tail.addend());
        }
        match.graph().remove(product);
        tail.nodes().forEach(match.graph()::remove);
        match.graph().add(Node.of(product.name(), operator, inputs, List.of(tail.output())));
    }
}
