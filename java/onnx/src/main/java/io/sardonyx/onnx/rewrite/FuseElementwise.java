package io.sardonyx.onnx.rewrite;

import io.sardonyx.device.Device;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.ElementStep;
import io.sardonyx.op.FusedElementwise;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Elementwise nodes on floats of one type for which the device has a kernel, whose results nothing else uses and have the shape of the
 * last one's, become one FusedElementwise: what is smaller would be worked out again for each element. Whatever other rewrites know what
 * to do with is gone before.
 */
final class FuseElementwise implements Rewrite {
    private final Device device;

    FuseElementwise(Device device) {
        this.device = device;
    }

    @Override
    public void apply(Graph graph) {
        List<Node> nodes = graph.nodes();
        Match match = new Match(graph);
        Map<Node, Integer> place = new HashMap<>();
        Map<Node, ElementCall> calls = new HashMap<>();
        for (Node node : nodes) {
            place.put(node, place.size());
            ElementCall.of(match, node).ifPresent(call -> calls.put(node, call));
        }
        if (calls.size() < 2) {
            return;
        }
        List<AssumedTypes> types = AssumedTypes.of(graph);
        calls.keySet().removeIf(node -> !hasKernel(types, node));
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node last = nodes.get(i);
            if (calls.containsKey(last) && graph.contains(last)) {
                Chain chain = new Chain(match, types, place, calls, last);
                chain.grow();
                if (chain.members.size() > 1) {
                    chain.fuse();
                }
            }
        }
    }

    /** Whether all that the node reads and makes is of one type, for which there is a kernel. */
    private boolean hasKernel(List<AssumedTypes> types, Node node) {
        return types.stream().anyMatch(assumed -> {
            List<Optional<DType>> dtypes = Stream.concat(node.inputs().stream(), node.outputs().stream())
                    .filter(value -> !value.isEmpty())
                    .map(value -> assumed.of(value).map(TensorType::dtype))
                    .distinct()
                    .toList();
            return dtypes.size() == 1
                    && dtypes.get(0)
                            .filter(dtype -> device.has(FusedElementwise.kernel(dtype)))
                            .isPresent();
        });
    }

    /** The nodes that are to be one, with {@code last} giving the result. */
    private static final class Chain {
        final Match match;
        final List<AssumedTypes> types;
        final Map<Node, Integer> place;
        final Map<Node, ElementCall> calls;
        final Node last;
        /** In the graph's order. */
        final TreeMap<Integer, Node> members = new TreeMap<>();

        Chain(
                Match match,
                List<AssumedTypes> types,
                Map<Node, Integer> place,
                Map<Node, ElementCall> calls,
                Node last) {
            this.match = match;
            this.types = types;
            this.place = place;
            this.calls = calls;
            this.last = last;
            members.put(place.get(last), last);
        }

        /** Takes in what makes an input, as long as there is one that fits; the latest first, so that all its uses are in before it. */
        void grow() {
            Optional<Node> next;
            do {
                next = inputs().stream()
                        .flatMap(value -> match.graph().producer(value).stream())
                        .filter(this::fits)
                        .max((p, q) -> Integer.compare(place.get(p), place.get(q)));
                next.ifPresent(node -> members.put(place.get(node), node));
            } while (next.isPresent());
        }

        private boolean fits(Node node) {
            String value = node.output(0);
            if (!calls.containsKey(node)
                    || members.size() == FusedElementwise.MAX_STEPS
                    || match.graph().isResult(value)
                    || !members.values().containsAll(match.graph().uses(value))
                    || !hasShapeOfLast(value)) {
                return false;
            }
            members.put(place.get(node), node);
            int inputs = inputs().size();
            members.remove(place.get(node));
            return inputs <= FusedElementwise.MAX_INPUTS;
        }

        /** Whether that holds in one assumed run, and is wrong in none. */
        private boolean hasShapeOfLast(String value) {
            List<Boolean> equal = types.stream()
                    .filter(assumed -> assumed.of(value).isPresent()
                            && assumed.of(last.output(0)).isPresent())
                    .map(assumed -> assumed.of(value).equals(assumed.of(last.output(0))))
                    .toList();
            return equal.contains(true) && !equal.contains(false);
        }

        /** What members read from outside, but for numbers that are written into their steps. */
        private List<String> inputs() {
            Set<String> made = new LinkedHashSet<>();
            Set<String> inputs = new LinkedHashSet<>();
            for (Node node : members.values()) {
                ElementCall call = calls.get(node);
                for (int i = 0; i < call.operands().size(); i++) {
                    if (!made.contains(call.operands().get(i)) && !isNumber(call, i)) {
                        inputs.add(call.operands().get(i));
                    }
                }
                made.add(node.output(0));
            }
            return List.copyOf(inputs);
        }

        /** Whether operand {@code i} of two is a constant of one element, and the other is not. */
        private boolean isNumber(ElementCall call, int i) {
            return call.operands().size() == 2
                    && match.scalar(call.operands().get(i)).isPresent()
                    && (i == 0 || match.scalar(call.operands().get(0)).isEmpty());
        }

        void fuse() {
            List<String> inputs = inputs();
            Map<String, Integer> operands = new HashMap<>();
            for (int i = 0; i < inputs.size(); i++) {
                operands.put(inputs.get(i), ElementStep.input(i));
            }
            List<ElementStep> steps = new ArrayList<>();
            int rank = 0;
            for (Node node : members.values()) {
                ElementCall call = calls.get(node);
                float a = call.a();
                int[] sides = {ElementStep.CONSTANT, ElementStep.CONSTANT};
                for (int i = 0; i < call.operands().size(); i++) {
                    String operand = call.operands().get(i);
                    if (isNumber(call, i)) {
                        HostTensor number = match.constant(operand).orElseThrow();
                        a = (float) number.getDouble(0);
                        rank = Math.max(rank, number.shape().rank());
                    } else {
                        sides[i] = operands.get(operand);
                    }
                }
                operands.put(node.output(0), ElementStep.result(steps.size()));
                steps.add(new ElementStep(call.function(), sides[0], sides[1], a, call.b()));
            }
            members.values().forEach(match.graph()::remove);
            match.graph().add(Node.of(last.name(), new FusedElementwise(steps, rank), inputs, List.of(last.output(0))));
        }
    }
}
