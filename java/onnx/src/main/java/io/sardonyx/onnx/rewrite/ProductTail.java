package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Activation;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What follows a matrix product and may become part of it: the bias vector added to it, the activation applied to that, and another
 * tensor added. Each step only where nothing else uses the value in between.
 *
 * @param nodes of all steps, in order
 * @param bias empty where there is none
 * @param addend empty where there is none
 * @param output the last step's, or the product's own
 */
record ProductTail(List<Node> nodes, String bias, Activation activation, String addend, String output) {
    /** Behind {@code product}, a matrix of so many columns. */
    static ProductTail behind(Match match, String product, long columns) {
        List<Node> nodes = new ArrayList<>();
        String value = product;
        String bias = "";
        Optional<Node> add = match.onlyUser(value, "Add");
        if (add.isPresent() && isBias(match, Match.other(add.get(), value), columns)) {
            bias = Match.other(add.get(), value);
            value = extend(nodes, add.get());
        }
        Optional<Node> function = match.onlyUser(value);
        Optional<Activation> activation = function.flatMap(Activations::of);
        if (activation.isPresent()) {
            value = extend(nodes, function.get());
        }
        String addend = "";
        Optional<Node> sum = match.onlyUser(value, "Add");
        if (sum.isPresent()
                && match.constant(Match.other(sum.get(), value)).isEmpty()
                && !sum.get().input(0).equals(sum.get().input(1))) {
            addend = Match.other(sum.get(), value);
            value = extend(nodes, sum.get());
        }
        return new ProductTail(nodes, bias, activation.orElse(Activation.NONE), addend, value);
    }

    private static String extend(List<Node> nodes, Node next) {
        nodes.add(next);
        return next.output(0);
    }

    private static boolean isBias(Match match, String value, long columns) {
        Optional<HostTensor> constant = match.constant(value);
        return constant.isPresent()
                && constant.get().shape().rank() == 1
                && constant.get().size() == columns;
    }

    /** Without what follows the bias; {@code product} is what all of it follows. */
    ProductTail onlyBias(String product) {
        List<Node> first = bias.isEmpty() ? List.of() : nodes.subList(0, 1);
        return new ProductTail(
                first,
                bias,
                Activation.NONE,
                "",
                first.isEmpty() ? product : first.get(0).output(0));
    }

    boolean hasAddend() {
        return !addend.isEmpty();
    }
}
