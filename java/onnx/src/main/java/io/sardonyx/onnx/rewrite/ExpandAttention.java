package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Add;
import io.sardonyx.op.Attention;
import io.sardonyx.op.AttentionStage;
import io.sardonyx.op.Concat;
import io.sardonyx.op.Greater;
import io.sardonyx.op.MatMul;
import io.sardonyx.op.MicrosoftAttention;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Split;
import io.sardonyx.op.Squeeze;
import io.sardonyx.op.Unsqueeze;
import io.sardonyx.op.Where;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * com.microsoft Attention becomes what it does: one product with the weights of Q, K and V, ONNX's Attention with the past split
 * into K and V, and the new K and V put together again. Only where the weights are constant, and for no mask or one of [batch, keys].
 */
final class ExpandAttention implements Rewrite {
    private static final int WEIGHTS = 1;
    private static final int BIAS = 2;
    private static final int MASK = 3;
    private static final int PAST = 4;
    private static final int SCORE_BIAS = 5;
    private static final int OPSET = 24;

    @Override
    public void apply(Graph graph) {
        for (Node node : graph.nodes()) {
            HostTensor weights = graph.initializers().get(input(node, WEIGHTS));
            if (node.operator() instanceof MicrosoftAttention attention
                    && weights != null
                    && (input(node, MASK).isEmpty() || isByKey(graph, input(node, MASK)))) {
                new Expansion(graph, node, attention, weights).expand();
            }
        }
    }

    /** The name of an input, "" if it is absent. */
    private static String input(Node node, int i) {
        return i < node.inputs().size() ? node.inputs().get(i) : "";
    }

    private static boolean isByKey(Graph graph, String mask) {
        return graph.type(mask) instanceof DeclaredType.OfTensor tensor
                && tensor.dims().map(List::size).equals(Optional.of(2));
    }

    private record Expansion(Graph graph, Node node, MicrosoftAttention attention, HostTensor weights) {
        void expand() {
            long columns = weights.shape().size(1);
            List<Long> sizes =
                    attention.sizes().isEmpty() ? List.of(columns / 3, columns / 3, columns / 3) : attention.sizes();
            String projected = add("projection", new MatMul(), input(node, 0), input(node, WEIGHTS));
            if (!input(node, BIAS).isEmpty()) {
                projected = add("bias", new Add(), projected, input(node, BIAS));
            }
            List<String> qkv = List.of(fresh("q"), fresh("k"), fresh("v"));
            add(new Split(2, Optional.of(sizes), false), List.of(projected), qkv);
            String pastKeys = "";
            String pastValues = "";
            if (!input(node, PAST).isEmpty()) {
                List<String> halves = List.of(fresh("past_k"), fresh("past_v"));
                add(new Split(0, Optional.of(List.of(1L, 1L)), false), List.of(input(node, PAST)), halves);
                pastKeys = add("past_keys", new Squeeze(first()), halves.get(0));
                pastValues = add("past_values", new Squeeze(first()), halves.get(1));
            }
            var core = new Attention(
                    attention.heads(),
                    attention.heads(),
                    attention.unidirectional(),
                    attention.scale(),
                    0,
                    AttentionStage.SCALED,
                    OPSET);
            List<String> inputs = List.of(qkv.get(0), qkv.get(1), qkv.get(2), mask(), pastKeys, pastValues);
            boolean cached = node.outputs().size() > 1 || !pastKeys.isEmpty();
            if (!cached) {
                graph.replace(node, Node.of(node.name(), core, inputs, node.outputs()));
                return;
            }
            List<String> present = List.of(fresh("present_k"), fresh("present_v"));
            boolean wanted = node.outputs().size() > 1 && !node.output(1).isEmpty();
            Node joined = Node.of(node.name(), core, inputs, List.of(node.output(0), present.get(0), present.get(1)));
            if (!wanted) {
                graph.replace(node, joined);
                return;
            }
            List<String> halves = List.of(fresh("k_so_far"), fresh("v_so_far"));
            graph.replace(
                    node,
                    joined,
                    part("keys", new Unsqueeze(first()), List.of(present.get(0)), List.of(halves.get(0))),
                    part("values", new Unsqueeze(first()), List.of(present.get(1)), List.of(halves.get(1))),
                    part("present", new Concat(0), halves, List.of(node.output(1))));
        }

        /** What is added to the scores, or "". */
        private String mask() {
            String terms = input(node, SCORE_BIAS);
            if (input(node, MASK).isEmpty()) {
                return terms;
            }
            String none = graph.addConstant(node.name() + "/none", HostTensor.of(DType.INT32, Shape.SCALAR, 0));
            String seen = add("seen", new Greater(), input(node, MASK), none);
            String zero = graph.addConstant(node.name() + "/zero", HostTensor.of(weights.dtype(), Shape.SCALAR, 0));
            String hidden = graph.addConstant(
                    node.name() + "/hidden", HostTensor.of(weights.dtype(), Shape.SCALAR, attention.maskValue()));
            String byKey = add("mask", new Where(), seen, zero, hidden);
            String mask = add("mask_of_scores", new Unsqueeze(Optional.of(List.of(1L, 2L))), byKey);
            return terms.isEmpty() ? mask : add("masks", new Add(), mask, terms);
        }

        private static Optional<List<Long>> first() {
            return Optional.of(List.of(0L));
        }

        private String fresh(String part) {
            return graph.fresh(node.name() + "/" + part);
        }

        private String add(String part, Operator operator, String... inputs) {
            String output = fresh(part);
            add(operator, List.of(inputs), List.of(output));
            return output;
        }

        private void add(Operator operator, List<String> inputs, List<String> outputs) {
            graph.add(part(outputs.get(0), operator, inputs, outputs));
        }

        private Node part(String part, Operator operator, List<String> inputs, List<String> outputs) {
            return Node.of(node.name() + "/" + part, operator, inputs, outputs);
        }
    }
}
