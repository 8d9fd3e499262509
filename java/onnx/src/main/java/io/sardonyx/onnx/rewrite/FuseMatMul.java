package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Activation;
import io.sardonyx.op.FusedMatMul;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * MatMul by a weight, with the bias vector added to it, the activation applied to that, and another tensor added: one
 * FusedMatMul. Each step only where nothing else uses the value in between.
 */
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
        FusedMatMul operator = FusedMatMul.PLAIN;
        List<Node> parts = new ArrayList<>(List.of(product));
        String value = product.output(0);
        String bias = "";
        String addend = "";
        Optional<Node> add = match.onlyUser(value, "Add");
        if (add.isPresent() && isBias(match, Match.other(add.get(), value), columns)) {
            bias = Match.other(add.get(), value);
            value = extend(parts, add.get());
        }
        Optional<Node> function = match.onlyUser(value);
        Optional<Activation> activation = function.flatMap(Activations::of);
        if (activation.isPresent()) {
            operator = operator.with(activation.get());
            value = extend(parts, function.get());
        }
        Optional<Node> sum = match.onlyUser(value, "Add");
        if (sum.isPresent()
                && match.constant(Match.other(sum.get(), value)).isEmpty()
                && !sum.get().input(0).equals(sum.get().input(1))) {
            addend = Match.other(sum.get(), value);
            operator = operator.addingLast();
            value = extend(parts, sum.get());
        }
        if (parts.size() == 1) {
            return;
        }
        List<String> inputs = new ArrayList<>(List.of(product.input(0), product.input(1), bias));
        if (!addend.isEmpty()) {
            inputs.add(addend);
        }
        parts.forEach(match.graph()::remove);
        match.graph().add(Node.of(product.name(), operator, inputs, List.of(value)));
    }

    private static String extend(List<Node> parts, Node next) {
        parts.add(next);
        return next.output(0);
    }

    private static boolean isBias(Match match, String value, long columns) {
        return match.constant(value)
                .filter(c -> c.shape().rank() == 1 && c.size() == columns)
                .isPresent();
    }
}
