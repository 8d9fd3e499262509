package io.sardonyx.onnx.rewrite;

import io.sardonyx.device.Device;
import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Cast;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * On a GPU floats of 16 bits stay what they are, but for nodes that have a kernel for float32 alone there: these compute in float32,
 * between casts. What has no kernel for that either is left to the planner, which says where it runs.
 */
final class WidenNodes implements Rewrite {
    private final Device device;

    WidenNodes(Device device) {
        this.device = device;
    }

    @Override
    public void apply(Graph graph) {
        if (!has16Bits(graph)) {
            return;
        }
        List<AssumedTypes> types = AssumedTypes.of(graph);
        Map<String, String> wide = new HashMap<>();
        for (Node node : graph.nodes()) {
            types.stream()
                    .flatMap(assumed -> Call.of(assumed, node).stream())
                    .findFirst()
                    .filter(call -> call.has16Bits() && !call.needsNoKernel() && !call.runsOn(device))
                    .filter(call -> call.widened().filter(w -> w.runsOn(device)).isPresent())
                    .ifPresent(call -> widen(graph, node, call, wide));
        }
    }

    /** Whether anything brings floats of 16 bits into the graph. */
    static boolean has16Bits(Graph graph) {
        return Stream.of(
                        graph.initializers().values().stream().map(HostTensor::dtype),
                        graph.inputs().stream()
                                .filter(input -> input.type() instanceof DeclaredType.OfTensor)
                                .map(input -> ((DeclaredType.OfTensor) input.type()).dtype()),
                        graph.nodes().stream()
                                .filter(node -> node.operator() instanceof Cast)
                                .map(node -> ((Cast) node.operator()).to()))
                .flatMap(types -> types)
                .anyMatch(WidenNodes::is16Bits);
    }

    private static boolean is16Bits(DType dtype) {
        return dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
    }

    /** @param wide the values that are at hand in float32, too: their names there */
    private static void widen(Graph graph, Node node, Call call, Map<String, String> wide) {
        List<String> inputs = new ArrayList<>(node.inputs());
        for (int i = 0; i < inputs.size(); i++) {
            if (call.in.has(i) && is16Bits(call.in.dtype(i))) {
                inputs.set(i, wide.computeIfAbsent(inputs.get(i), value -> inFloat32(graph, value)));
            }
        }
        List<String> outputs = new ArrayList<>(node.outputs());
        List<Node> casts = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            String narrow = outputs.get(i);
            if (!narrow.isEmpty() && is16Bits(call.out.get(i).dtype())) {
                outputs.set(i, graph.fresh(narrow + "_f32"));
                wide.put(narrow, outputs.get(i));
                casts.add(WidenHalf.cast(
                        "narrow " + narrow,
                        outputs.get(i),
                        narrow,
                        call.out.get(i).dtype()));
            }
        }
        graph.remove(node);
        graph.add(node.withInputs(inputs).withOutputs(outputs));
        casts.forEach(graph::add);
    }

    private static String inFloat32(Graph graph, String value) {
        HostTensor constant = graph.initializers().get(value);
        if (constant != null) {
            return graph.addConstant(value + "_f32", WidenHalf.wide(constant));
        }
        String wide = graph.fresh(value + "_f32");
        graph.add(WidenHalf.cast("widen " + value, value, wide, DType.FLOAT32));
        return wide;
    }

    /** An operator on inputs of known types. */
    private record Call(TensorOperator operator, InputTypes in, List<TensorType> out) {
        /** Empty where a type is not known, or the assumed sizes do not fit. */
        static Optional<Call> of(AssumedTypes assumed, Node node) {
            return node.operator() instanceof TensorOperator operator
                    ? assumed.inputs(node).flatMap(in -> of(operator, in))
                    : Optional.empty();
        }

        private static Optional<Call> of(TensorOperator operator, InputTypes in) {
            try {
                List<TensorType> out = operator.infer(in);
                return out.size() < in.outputs() ? Optional.empty() : Optional.of(new Call(operator, in, out));
            } catch (RuntimeException e) {
                return Optional.empty();
            }
        }

        boolean has16Bits() {
            return Stream.concat(
                            inputs().filter(in::has).mapToObj(in::dtype),
                            out.stream().map(TensorType::dtype))
                    .anyMatch(WidenNodes::is16Bits);
        }

        boolean needsNoKernel() {
            return operator.aliases() || operator.readsOnlyTypes();
        }

        boolean runsOn(Device device) {
            try {
                return operator.launch(in, out).flatMap(device::choose).isPresent();
            } catch (RuntimeException e) {
                return false;
            }
        }

        /** The same in float32; empty where an attribute holds an output to its type. */
        Optional<Call> widened() {
            List<TensorType> types = inputs().mapToObj(i -> in.has(i) ? wide(in.get(i)) : null)
                    .collect(ArrayList::new, ArrayList::add, ArrayList::addAll);
            InputTypes wide = InputTypes.of(types, in.outputs(), this::wideValue, in::constant);
            return of(operator, wide)
                    .filter(w -> w.out.equals(out.stream().map(Call::wide).toList()));
        }

        private HostTensor wideValue(int i) {
            if (!in.known(i)) {
                return null;
            }
            return is16Bits(in.dtype(i)) ? WidenHalf.wide(in.value(i)) : in.value(i);
        }

        private static TensorType wide(TensorType type) {
            return is16Bits(type.dtype()) ? type.with(DType.FLOAT32) : type;
        }

        private IntStream inputs() {
            return IntStream.range(0, in.size());
        }
    }
}
