package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Activation;
import io.sardonyx.op.Conv;
import io.sardonyx.op.FusedConv;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Conv with the activation behind it and another tensor added, before the activation (ResNet) or behind it (YOLO): one
 * FusedConv. Each step only where nothing else uses the value in between, and no tensor that is known to broadcast: kernels add one of the
 * result's shape.
 */
final class FuseConv implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        List<AssumedTypes> types = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.operator() instanceof Conv conv && graph.contains(node)) {
                fuse(match, types, node, conv);
            }
        }
    }

    /** @param types found out when they are asked for first */
    private static void fuse(Match match, List<AssumedTypes> types, Node node, Conv conv) {
        List<Node> parts = new ArrayList<>(List.of(node));
        String value = node.output(0);
        Activation activation = Activation.NONE;
        String addend = "";
        boolean addLast = false;
        for (Optional<Node> next = match.onlyUser(value); next.isPresent(); next = match.onlyUser(value)) {
            Optional<Activation> function = Activations.of(next.get());
            if (function.isPresent() && activation.equals(Activation.NONE)) {
                activation = function.get();
            } else if (addend.isEmpty() && isSum(match, types, next.get(), value)) {
                addend = Match.other(next.get(), value);
                addLast = !activation.equals(Activation.NONE);
            } else {
                break;
            }
            parts.add(next.get());
            value = next.get().output(0);
            if (addLast) {
                break;
            }
        }
        if (parts.size() == 1) {
            return;
        }
        List<String> inputs = new ArrayList<>(List.of(node.input(0), node.input(1), node.input(2)));
        if (!addend.isEmpty()) {
            inputs.add(addend);
        }
        parts.forEach(match.graph()::remove);
        match.graph().add(Node.of(node.name(), new FusedConv(conv, activation, addLast), inputs, List.of(value)));
    }

    /** Add, or Sum of two, which do not differ in shape as far as is known. */
    private static boolean isSum(Match match, List<AssumedTypes> types, Node node, String value) {
        if ((!node.opType().equals("Add") && !node.opType().equals("Sum"))
                || node.inputs().size() != 2
                || node.input(0).equals(node.input(1))
                || match.constant(Match.other(node, value)).isPresent()) {
            return false;
        }
        if (types.isEmpty()) {
            types.addAll(AssumedTypes.of(match.graph()));
        }
        return types.stream().noneMatch(assumed -> assumed.differ(node.input(0), node.input(1)));
    }
}
