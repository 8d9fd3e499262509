package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Dim;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The types of a graph's values, worked out with a number of its own in the place of each size that the model leaves open. They
 * tell which values have one shape in an ordinary run; another run may differ, so that only speed may depend on it, never a result.
 * Element types, and sizes that are the same under every assumption, are sure where the model is valid.
 */
public final class AssumedTypes {
    /** Of values up to this size, which are shapes as a rule, the elements are worked out too. */
    private static final int SMALL = 64;

    private final Map<String, TensorType> types = new HashMap<>();
    private final Map<String, HostTensor> values = new HashMap<>();
    private final Map<String, Long> symbols = new HashMap<>();
    private final long unit;
    private long units;

    /**
     * Of several assumptions one may work where another does not: tables of positions want small sizes, networks that halve them
     * multiples, windows large ones.
     */
    static List<AssumedTypes> of(Graph graph) {
        return List.of(of(graph, 1, 3), of(graph, 32, 3), of(graph, 64, 17));
    }

    /** Sizes are multiples of {@code unit}, the first one {@code units} times that. */
    public static AssumedTypes of(Graph graph, long unit, long units) {
        return new AssumedTypes(graph, unit, units);
    }

    /** Whether two values have one type whatever sizes are open. */
    static boolean agree(List<AssumedTypes> types, String one, String other) {
        return types.stream().allMatch(t -> t.of(one).isPresent() && t.of(one).equals(t.of(other)));
    }

    private AssumedTypes(Graph graph, long unit, long units) {
        this.unit = unit;
        this.units = units;
        for (ValueInfo input : graph.inputs()) {
            declared(input.type()).ifPresent(type -> types.put(input.name(), type));
        }
        graph.initializers().forEach((value, tensor) -> {
            types.put(value, tensor.type());
            values.put(value, tensor);
        });
        for (Node node : graph.nodes()) {
            infer(graph, node);
        }
    }

    public Optional<TensorType> of(String value) {
        return Optional.ofNullable(types.get(value));
    }

    /** Whether both types are known, and not the same. */
    boolean differ(String one, String other) {
        return types.containsKey(one)
                && types.containsKey(other)
                && !types.get(one).equals(types.get(other));
    }

    private Optional<TensorType> declared(DeclaredType type) {
        if (!(type instanceof DeclaredType.OfTensor tensor)) {
            return Optional.empty();
        }
        return tensor.dims()
                .map(dims -> new TensorType(
                        tensor.dtype(),
                        Shape.of(dims.stream().mapToLong(this::size).toArray())));
    }

    private long size(Dim dim) {
        if (dim instanceof Dim.Symbol symbol) {
            return symbols.computeIfAbsent(symbol.name(), name -> another());
        }
        return dim.known().orElseGet(this::another);
    }

    private long another() {
        return unit * units++;
    }

    private void infer(Graph graph, Node node) {
        List<TensorType> found = List.of();
        if (node.operator() instanceof TensorOperator operator) {
            try {
                found = infer(node, operator);
            } catch (RuntimeException e) {
                found = List.of(); // these sizes do not fit, or a value is needed: what the model declares has to do
            }
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            String value = node.output(i);
            Optional<TensorType> type = i < found.size() ? Optional.of(found.get(i)) : declared(graph.type(value));
            type.ifPresent(t -> types.put(value, t));
        }
    }

    private List<TensorType> infer(Node node, TensorOperator operator) {
        Optional<InputTypes> given = inputs(node);
        if (given.isEmpty()) {
            return List.of();
        }
        boolean known = operator.deterministic();
        HostTensor[] inputs = new HostTensor[node.inputs().size()];
        for (int i = 0; i < inputs.length; i++) {
            if (given.get().has(i)) {
                TensorType type = given.get().get(i);
                inputs[i] = operator.readsOnlyTypes() ? HostTensor.withoutData(type) : values.get(node.input(i));
                known &= inputs[i] != null && (operator.readsOnlyTypes() || isSmall(type));
            }
        }
        List<TensorType> results = operator.infer(given.get());
        if (known && results.stream().allMatch(AssumedTypes::isSmall)) {
            evaluate(node, operator, Inputs.of(inputs), results);
        }
        return results;
    }

    /** What is known of a node's inputs; empty if the type of one is not. */
    public Optional<InputTypes> inputs(Node node) {
        List<TensorType> given = new ArrayList<>();
        for (String value : node.inputs()) {
            if (!value.isEmpty() && !types.containsKey(value)) {
                return Optional.empty();
            }
            given.add(value.isEmpty() ? null : types.get(value));
        }
        return Optional.of(InputTypes.of(
                given, node.outputs().size(), i -> values.get(node.input(i)), i -> values.containsKey(node.input(i))));
    }

    private void evaluate(Node node, TensorOperator operator, Inputs inputs, List<TensorType> results) {
        List<HostTensor> made = results.stream().map(HostTensor::allocate).toList();
        try {
            operator.reference(inputs, made);
        } catch (RuntimeException e) {
            return; // an assumed size is no index into what there is
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            values.put(node.output(i), made.get(i));
        }
    }

    private static boolean isSmall(TensorType type) {
        return type.dtype() != DType.STRING && type.shape().elements() <= SMALL;
    }
}
