package io.sardonyx.onnx;

import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.Dim;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what a run is given with what the model declares: element types, ranks, fixed sizes, and that a symbol stands for one
 * size throughout a run. A symbol that one input declares for two of its axes says nothing, and is not held to that: exporters
 * write such models.
 */
final class InputCheck {
    private final List<ValueInfo> inputs;
    private final Map<String, Long> bound;
    private final Set<String> meaningless = new HashSet<>();

    /** @param bound sizes that symbols are bound to for all runs */
    InputCheck(List<ValueInfo> inputs, Map<String, Long> bound) {
        this.inputs = inputs;
        this.bound = Map.copyOf(bound);
        for (ValueInfo input : inputs) {
            Set<String> seen = new HashSet<>();
            for (Dim dim : dims(input)) {
                if (dim instanceof Dim.Symbol symbol && !seen.add(symbol.name())) {
                    meaningless.add(symbol.name());
                }
            }
        }
    }

    private static List<Dim> dims(ValueInfo input) {
        return input.type() instanceof DeclaredType.OfTensor tensor
                ? tensor.dims().orElse(List.of())
                : List.of();
    }

    /**
     * Checks one run.
     *
     * @param given by input; {@code null} for a sequence or an optional
     * @throws IllegalArgumentException with everything that is wrong
     */
    void check(List<TensorType> given) {
        Map<String, Long> sizes = null;
        List<String> problems = null;
        for (int i = 0; i < inputs.size(); i++) {
            ValueInfo input = inputs.get(i);
            TensorType type = given.get(i);
            if (type == null || !(input.type() instanceof DeclaredType.OfTensor declared)) {
                continue;
            }
            if (declared.dtype() != type.dtype()) {
                problems = add(problems, input, type, "");
                continue;
            }
            if (declared.dims().isEmpty()) {
                continue;
            }
            List<Dim> dims = declared.dims().get();
            Shape shape = type.shape();
            if (dims.size() != shape.rank()) {
                problems = add(problems, input, type, "");
                continue;
            }
            for (int axis = 0; axis < dims.size(); axis++) {
                long size = shape.size(axis);
                if (dims.get(axis) instanceof Dim.Known known && known.size() != size) {
                    problems = add(problems, input, type, " (axis " + axis + ")");
                } else if (dims.get(axis) instanceof Dim.Symbol symbol && !meaningless.contains(symbol.name())) {
                    if (sizes == null) {
                        sizes = new HashMap<>(bound);
                    }
                    Long other = sizes.putIfAbsent(symbol.name(), size);
                    if (other != null && other != size) {
                        problems = add(
                                problems,
                                input,
                                type,
                                " (axis " + axis + ": " + symbol.name() + " is " + other + " already)");
                    }
                }
            }
        }
        if (problems != null) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static List<String> add(List<String> problems, ValueInfo input, TensorType type, String detail) {
        List<String> list = problems == null ? new ArrayList<>() : problems;
        list.add("input '" + input.name() + "': expected " + input.type() + ", given " + type + detail);
        return list;
    }

    /** The types of all inputs, if every size is fixed or bound. */
    Optional<List<TensorType>> fixedTypes() {
        List<TensorType> types = new ArrayList<>();
        for (ValueInfo input : inputs) {
            if (!(input.type() instanceof DeclaredType.OfTensor tensor)
                    || tensor.dims().isEmpty()) {
                return Optional.empty();
            }
            long[] sizes = new long[tensor.dims().get().size()];
            for (int axis = 0; axis < sizes.length; axis++) {
                Dim dim = tensor.dims().get().get(axis);
                if (dim instanceof Dim.Known known) {
                    sizes[axis] = known.size();
                } else if (dim instanceof Dim.Symbol symbol && bound.containsKey(symbol.name())) {
                    sizes[axis] = bound.get(symbol.name());
                } else {
                    return Optional.empty();
                }
            }
            types.add(new TensorType(tensor.dtype(), Shape.of(sizes)));
        }
        return Optional.of(types);
    }
}
