package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.MatMulIntegerToFloat;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A float tensor quantised as it comes, multiplied by a weight of bytes, and brought back to floats: MatMulInteger, Cast, Mul by the
 * product of both scales, and what follows (a {@link ProductTail}) are one MatMulIntegerToFloat. DynamicQuantizeLinear stays, since
 * several products often share it.
 */
final class FuseMatMulInteger implements Rewrite {
    private final boolean withTail;

    /** @param withTail whether the device's product can apply an activation and add a tensor; a bias it always can */
    FuseMatMulInteger(boolean withTail) {
        this.withTail = withTail;
    }

    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            Optional<HostTensor> weight = match.constant(node.input(1));
            if (node.opType().equals("MatMulInteger")
                    && weight.isPresent()
                    && weight.get().shape().rank() == 2) {
                fuse(match, node, weight.get().shape().size(1));
            }
        }
    }

    private void fuse(Match match, Node product, long columns) {
        Optional<Node> quantized = match.producer(product.input(0), "DynamicQuantizeLinear")
                .filter(q ->
                        product.input(0).equals(q.output(0)) && product.inputs().size() > 2)
                .filter(q -> product.input(2).equals(q.output(2)));
        Optional<Node> cast = match.onlyUser(product.output(0), "Cast");
        Optional<Node> scaled = cast.flatMap(c -> match.onlyUser(c.output(0), "Mul"));
        if (quantized.isEmpty() || scaled.isEmpty()) {
            return;
        }
        String aScale = quantized.get().output(1);
        Optional<String> bScale = match.producer(
                        Match.other(scaled.get(), cast.get().output(0)), "Mul")
                .filter(scales -> scales.inputs().contains(aScale))
                .map(scales -> Match.other(scales, aScale))
                .filter(scale -> isScale(match, scale, columns));
        if (bScale.isEmpty()) {
            return;
        }
        String floats = scaled.get().output(0);
        ProductTail whole = ProductTail.behind(match, floats, columns);
        ProductTail tail = withTail ? whole : whole.onlyBias(floats);
        String bZero = product.inputs().size() > 3 ? product.input(3) : "";
        List<String> inputs = new ArrayList<>(List.of(
                product.input(0), product.input(1), aScale, bScale.get(), product.input(2), bZero, tail.bias()));
        if (tail.hasAddend()) {
            inputs.add(tail.addend());
        }
        List.of(product, cast.get(), scaled.get()).forEach(match.graph()::remove);
        tail.nodes().forEach(match.graph()::remove);
        match.graph()
                .add(Node.of(
                        product.name(), new MatMulIntegerToFloat(tail.activation()), inputs, List.of(tail.output())));
    }

    /** One number, or one for each column; only float32 comes of DynamicQuantizeLinear. */
    private static boolean isScale(Match match, String value, long columns) {
        return match.constant(value)
                .filter(c -> c.dtype() == DType.FLOAT32 && c.shape().rank() <= 1)
                .filter(c -> c.size() == 1 || c.size() == columns)
                .isPresent();
    }
}
