package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.op.Attributes;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Operators;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * On a CPU a float16 graph is computed in float32, in which CPUs are faster and more exact: weights are widened once, inputs and
 * outputs are cast. Left alone are graphs with bodies, and with operators whose attributes name a type (other than Cast). GPUs, whose
 * tensor cores want float16, get {@link WidenNodes} instead.
 */
final class WidenHalf implements Rewrite {
    private static final int CAST_OPSET = 13;
    private static final List<String> NAMING_A_TYPE = List.of("dtype", "output_dtype", "stash_type", "value", "to");

    @Override
    public void apply(Graph graph) {
        if (!half(graph) || graph.nodes().stream().anyMatch(WidenHalf::stands)) {
            return;
        }
        for (Map.Entry<String, HostTensor> entry :
                List.copyOf(graph.initializers().entrySet())) {
            if (entry.getValue().dtype() == DType.FLOAT16) {
                graph.replaceUses(entry.getKey(), graph.addConstant(entry.getKey(), wide(entry.getValue())));
            }
        }
        for (Node node : graph.nodes()) {
            if (node.opType().equals("Cast")
                    && Long.valueOf(DType.FLOAT16.code())
                            .equals(node.attributes().get("to"))) {
                graph.replace(node, cast(node.name(), node.input(0), node.output(0), DType.FLOAT32));
            }
        }
        for (ValueInfo input : graph.inputs()) {
            if (isHalf(input)) {
                String wide = graph.fresh(input.name() + "_f32");
                graph.replaceUses(input.name(), wide);
                graph.add(cast("widen " + input.name(), input.name(), wide, DType.FLOAT32));
            }
        }
        for (int j = 0; j < graph.outputs().size(); j++) {
            if (isHalf(graph.outputs().get(j))) {
                String narrow = graph.fresh(graph.outputs().get(j).name() + "_f16");
                graph.add(cast("narrow " + narrow, graph.results().get(j), narrow, DType.FLOAT16));
                graph.setResult(j, narrow);
            }
        }
    }

    private static boolean half(Graph graph) {
        return graph.initializers().values().stream().anyMatch(t -> t.dtype() == DType.FLOAT16);
    }

    private static boolean isHalf(ValueInfo value) {
        return value.type() instanceof DeclaredType.OfTensor tensor && tensor.dtype() == DType.FLOAT16;
    }

    private static boolean stands(Node node) {
        if (!node.bodies().isEmpty()) {
            return true;
        }
        return !node.opType().equals("Cast")
                && NAMING_A_TYPE.stream().anyMatch(name -> node.attributes().containsKey(name));
    }

    /** The same numbers in float32. Those that are still in the file are widened on their way from there. */
    static HostTensor wide(HostTensor narrow) {
        TensorType type = narrow.type().with(DType.FLOAT32);
        if (narrow.isDeferred()) {
            return HostTensor.deferred(type, to -> widen(narrow, to));
        }
        HostTensor wide = HostTensor.allocate(type);
        widen(narrow, wide.data());
        return wide;
    }

    private static void widen(HostTensor narrow, ByteBuffer to) {
        ByteBuffer bytes = ByteBuffer.allocate((int) narrow.type().byteSize());
        narrow.read(bytes);
        HostTensor from = HostTensor.wrap(narrow.type(), bytes.flip());
        ByteBuffer wide = to.order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < from.size(); i++) {
            wide.putFloat((float) from.getDouble(i));
        }
    }

    static Node cast(String name, String from, String to, DType type) {
        Map<String, Object> attributes = new HashMap<>(Map.of("to", (long) type.code()));
        Operator operator = Operators.read(Operators.ONNX, "Cast", Attributes.of(CAST_OPSET, attributes))
                .orElseThrow();
        return Node.of(name, operator, List.of(from), List.of(to));
    }
}
