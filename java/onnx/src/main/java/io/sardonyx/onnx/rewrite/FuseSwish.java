package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Activation;
import io.sardonyx.op.HardSwish;
import io.sardonyx.op.Mish;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Swish;
import java.util.List;
import java.util.Optional;

/**
 * {@code x · sigmoid(x)} becomes Swish; {@code x · clip(x + 3, 0, 6) / 6}, divided before or behind, becomes HardSwish; {@code x ·
 * tanh(softplus(x))} becomes Mish.
 */
final class FuseSwish implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (!graph.contains(node)) {
                continue;
            }
            if (node.opType().equals("Sigmoid")) {
                times(match, node.output(0), node.input(0), new Swish(1));
            } else if (node.opType().equals("Softplus")) {
                match.onlyUser(node.output(0), "Tanh")
                        .ifPresent(tanh -> times(match, tanh.output(0), node.input(0), new Mish()));
            } else if (node.opType().equals("Clip")) {
                hardSwish(match, node);
            }
        }
    }

    /** Puts {@code whole(x)} in the place of {@code gate · x}. */
    private static void times(Match match, String gate, String x, Operator whole) {
        match.onlyUser(gate, "Mul")
                .filter(mul -> Match.other(mul, gate).equals(x))
                .ifPresent(mul -> match.graph().replace(mul, Node.of(mul.name(), whole, List.of(x), mul.outputs())));
    }

    private static void hardSwish(Match match, Node clip) {
        Optional<String> x = match.producer(clip.input(0), "Add").flatMap(add -> match.besideScalar(add, 3));
        if (x.isEmpty() || !isZeroToSix(clip)) {
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

    private static boolean isZeroToSix(Node clip) {
        return Activations.of(clip).equals(Optional.of(Activation.clip(0, 6)));
    }

    private static boolean isSixth(Match match, Node node, String value) {
        return node.opType().equals("Div") && node.input(0).equals(value) && match.isScalar(node.input(1), 6)
                || node.opType().equals("Mul")
                        && match.besideScalar(node, 1 / 6.0).equals(Optional.of(value));
    }
}
