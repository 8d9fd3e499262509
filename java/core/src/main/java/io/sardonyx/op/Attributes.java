package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A node's attributes and the opset version of its domain, from which an operator's {@code read} makes its record. Values are
 * {@code Long}, {@code Float}, {@code String}, {@code HostTensor}, {@link Subgraph}, or lists of these.
 *
 * <p>Every accessor throws {@code IllegalArgumentException} if the attribute has another type than asked for.
 */
public final class Attributes {
    private final int opset;
    private final int outputs;
    private final Map<String, Object> values;

    private Attributes(int opset, int outputs, Map<String, Object> values) {
        this.opset = opset;
        this.outputs = outputs;
        this.values = Map.copyOf(values);
    }

    public static Attributes of(int opset, Map<String, Object> values) {
        return of(opset, 1, values);
    }

    /** @param outputs the number of outputs that the node names */
    public static Attributes of(int opset, int outputs, Map<String, Object> values) {
        return new Attributes(opset, outputs, values);
    }

    /** The opset version that the model imports for the node's domain. */
    public int opset() {
        return opset;
    }

    /** The number of outputs that the node names. */
    public int outputs() {
        return outputs;
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Map<String, Object> all() {
        return values;
    }

    private <T> Optional<T> find(String name, Class<T> type) {
        Object value = values.get(name);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException("attribute " + name + ": expected " + type.getSimpleName() + ", given "
                    + value.getClass().getSimpleName());
        }
        return Optional.ofNullable(type.cast(value));
    }

    private <T> List<T> list(String name, Class<T> type) {
        List<?> list = find(name, List.class).orElse(List.of());
        for (Object item : list) {
            if (!type.isInstance(item)) {
                throw new IllegalArgumentException("attribute " + name + ": expected a list of " + type.getSimpleName()
                        + ", given " + item.getClass().getSimpleName());
            }
        }
        return list.stream().map(type::cast).toList();
    }

    private static <T> T required(String name, Optional<T> value) {
        return value.orElseThrow(() -> new IllegalArgumentException("attribute " + name + " is missing"));
    }

    public long getInt(String name, long otherwise) {
        return find(name, Long.class).orElse(otherwise);
    }

    public long getInt(String name) {
        return required(name, find(name, Long.class));
    }

    /** An integer attribute used as a flag: not 0. */
    public boolean getFlag(String name, boolean otherwise) {
        return getInt(name, otherwise ? 1 : 0) != 0;
    }

    public float getFloat(String name, float otherwise) {
        return find(name, Float.class).orElse(otherwise);
    }

    public float getFloat(String name) {
        return required(name, find(name, Float.class));
    }

    public String getString(String name, String otherwise) {
        return find(name, String.class).orElse(otherwise);
    }

    public String getString(String name) {
        return required(name, find(name, String.class));
    }

    public HostTensor getTensor(String name) {
        return required(name, find(name, HostTensor.class));
    }

    public Subgraph getGraph(String name) {
        return required(name, find(name, Subgraph.class));
    }

    /** The element type named by an integer attribute, or {@code otherwise}. */
    public DType getType(String name, DType otherwise) {
        return find(name, Long.class)
                .map(code -> DType.ofCode(Math.toIntExact(code)))
                .orElse(otherwise);
    }

    /** The list, or an empty array if the attribute is absent. */
    public long[] getInts(String name) {
        return list(name, Long.class).stream().mapToLong(Long::longValue).toArray();
    }

    /** The list, or {@code otherwise} if the attribute is absent. */
    public long[] getInts(String name, long... otherwise) {
        return has(name) ? getInts(name) : otherwise;
    }

    /** The list, or an empty array if the attribute is absent. */
    public float[] getFloats(String name) {
        List<Float> list = list(name, Float.class);
        float[] result = new float[list.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = list.get(i);
        }
        return result;
    }

    /** The list, or an empty one if the attribute is absent. */
    public List<String> getStrings(String name) {
        return list(name, String.class);
    }

    /** Applies {@code read} where the attribute is present. */
    public <T> Optional<T> ifPresent(String name, Function<Attributes, T> read) {
        return has(name) ? Optional.of(read.apply(this)) : Optional.empty();
    }
}
