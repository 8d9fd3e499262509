package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Activation;
import io.sardonyx.op.HardSwish;
import io.sardonyx.op.Swish;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** {@code x · sigmoid(x)} becomes Swish; {@code x · clip(x + 3, 0, 6) / 6}, divided before or behind, becomes HardSwish. */
final class FuseSwish implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (!graph.contains(node)) {
                continue;
            }
            if (node.opType().equals("Sigmoid")) {
                match.onlyUser(node.output(0), "Mul")
                        .filter(mul -> Match.other(mul, node.output(0)).equals(node.input(0)))
                        .ifPresent(mul -> graph.replace(
                                mul, Node.of(mul.name(), new Swish(1), List.of(node.input(0)), mul.outputs())));
            } else if (node.opType().equals("Clip")) {
                hardSwish(match, node);
            }
        }
    }

    private static void hardSwish(Match match, Node clip) {
        Optional<String> x = match.producer(clip.input(0), "Add").flatMap(add -> match.besideScalar(add, 3));
        if (x.isEmpty() || !isZeroToSix(match, clip)) {
            return;
        }
        Optional<Node> next = match.onlyUser(clip.output(0));
        Optional<Node> last = next.flatMap(node -> isSixth(match, node, clip.output(0))
                ? match.onlyUser(node.output(0), "Mul")
                        .filter(mul -> Match.other(mul, node.output(0)).equals(x.get()))
                : Optional.of(node)
                        .filter(mul -> mul.opType().equals("Mul")
                                && Match.other(mul, clip.output(0)).equals(x.get()))
                        .flatMap(mul ->
                                match.onlyUser(mul.output(0)).filter(div -> isSixth(match, div, mul.output(0)))));
        last.ifPresent(node ->
                match.graph().replace(node, Node.of(node.name(), new HardSwish(), List.of(x.get()), node.outputs())));
    }

    private static boolean isZeroToSix(Match match, Node clip) {
        Optional<Activation> fixed = Activations.of(clip);
        if (fixed.isPresent()) {
            return fixed.get().equals(Activation.clip(0, 6));
        }
        return match.scalar(clip.input(1)).equals(OptionalDouble.of(0)) && match.isScalar(clip.input(2), 6);
    }

    private static boolean isSixth(Match match, Node node, String value) {
        return node.opType().equals("Div") && node.input(0).equals(value) && match.isScalar(node.input(1), 6)
                || node.opType().equals("Mul")
                        && match.besideScalar(node, 1 / 6.0).equals(Optional.of(value));
    }
}
