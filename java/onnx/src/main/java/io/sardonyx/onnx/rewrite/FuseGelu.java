package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Attributes;
import io.sardonyx.op.Operators;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code x · (1 + erf(x / √2)) · 1/2} and {@code x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) · 1/2}, the factors in any order,
 * become Gelu.
 */
final class FuseGelu implements Rewrite {
    private static final int GELU_OPSET = 20;

    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (node.opType().equals("Erf")) {
                erfArgument(match, node).ifPresent(x -> product(match, node, x, "none"));
            } else if (node.opType().equals("Tanh")) {
                tanhArgument(match, node).ifPresent(x -> product(match, node, x, "tanh"));
            }
        }
    }

    /** x, where the node is erf(x / √2). */
    private static Optional<String> erfArgument(Match match, Node erf) {
        Optional<Node> quotient =
                match.producer(erf.input(0), "Div").filter(div -> match.isScalar(div.input(1), Math.sqrt(2)));
        return quotient.isPresent()
                ? quotient.map(div -> div.input(0))
                : match.producer(erf.input(0), "Mul").flatMap(mul -> match.besideScalar(mul, Math.sqrt(0.5)));
    }

    /** x, where the node is tanh(√(2/π) · (x + 0.044715 · x³)). */
    private static Optional<String> tanhArgument(Match match, Node tanh) {
        Optional<Node> sum = match.producer(tanh.input(0), "Mul")
                .flatMap(mul -> match.besideScalar(mul, Math.sqrt(2 / Math.PI)))
                .flatMap(value -> match.producer(value, "Add"));
        return sum.flatMap(add -> {
            for (int i = 0; i < 2; i++) {
                String x = add.input(i);
                boolean cubic = match.producer(add.input(1 - i), "Mul")
                        .flatMap(mul -> match.besideScalar(mul, 0.044715))
                        .filter(cube -> isCube(match, cube, x))
                        .isPresent();
                if (cubic) {
                    return Optional.of(x);
                }
            }
            return Optional.empty();
        });
    }

    private static boolean isCube(Match match, String value, String x) {
        if (match.producer(value, "Pow")
                .filter(pow -> pow.input(0).equals(x) && match.isScalar(pow.input(1), 3))
                .isPresent()) {
            return true;
        }
        return match.producer(value, "Mul")
                .filter(mul -> mul.inputs().contains(x))
                .flatMap(mul -> match.producer(Match.other(mul, x), "Mul"))
                .filter(square -> square.input(0).equals(x) && square.input(1).equals(x))
                .isPresent();
    }

    /** Finds (1 + f) · x · 1/2 behind {@code f}. */
    private static void product(Match match, Node f, String x, String approximate) {
        Optional<Node> sum = match.onlyUser(f.output(0), "Add")
                .filter(add -> match.besideScalar(add, 1).equals(Optional.of(f.output(0))));
        Optional<Node> first = sum.flatMap(add -> match.onlyUser(add.output(0), "Mul"));
        if (first.isEmpty()) {
            return;
        }
        String other = Match.other(first.get(), sum.get().output(0));
        Optional<Node> last;
        if (match.producer(other, "Mul")
                .flatMap(half -> match.besideScalar(half, 0.5))
                .equals(Optional.of(x))) {
            last = first;
        } else if (other.equals(x)) {
            last = match.onlyUser(first.get().output(0), "Mul").filter(mul -> match.besideScalar(mul, 0.5)
                    .equals(Optional.of(first.get().output(0))));
        } else if (match.isScalar(other, 0.5)) {
            last = match.onlyUser(first.get().output(0), "Mul")
                    .filter(mul -> Match.other(mul, first.get().output(0)).equals(x));
        } else {
            last = Optional.empty();
        }
        last.ifPresent(node -> match.graph()
                .replace(
                        node,
                        Node.of(
                                node.name(),
                                Operators.read(
                                                Operators.ONNX,
                                                "Gelu",
                                                Attributes.of(GELU_OPSET, Map.of("approximate", approximate)))
                                        .orElseThrow(),
                                List.of(x),
                                node.outputs())));
    }
}
