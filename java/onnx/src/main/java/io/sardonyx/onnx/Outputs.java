package io.sardonyx.onnx;

import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run gave, in the model's order. Closing it closes its tensors, but for those that were {@linkplain Tensor#keep kept} by
 * {@link #take} and those that the caller provided.
 */
public final class Outputs implements AutoCloseable {
    /** An output: a tensor, or a sequence or optional on the host. */
    private record Item(Tensor tensor, HostValue value, boolean provided) {}

    private final Map<String, Item> items = new LinkedHashMap<>();

    Outputs() {}

    void add(String name, Tensor tensor, boolean provided) {
        items.put(name, new Item(tensor, null, provided));
    }

    void add(String name, HostValue value) {
        items.put(name, new Item(null, value, true));
    }

    public List<String> names() {
        return List.copyOf(items.keySet());
    }

    public int size() {
        return items.size();
    }

    /**
     * The tensor of output {@code name}.
     *
     * @throws IllegalArgumentException if there is no such output, or if it is not a tensor
     */
    public Tensor get(String name) {
        Item item = item(name);
        if (item.tensor == null) {
            throw new IllegalArgumentException("output " + name + " is no tensor; see value()");
        }
        return item.tensor;
    }

    public Tensor get(int i) {
        return get(new ArrayList<>(items.keySet()).get(i));
    }

    /** The output of a model that has one. */
    public Tensor only() {
        if (items.size() != 1) {
            throw new IllegalArgumentException("the model has " + items.size() + " outputs: " + names());
        }
        return get(0);
    }

    /** Output {@code name} on the host, whatever it is; a copy. */
    public HostValue value(String name) {
        Item item = item(name);
        return item.tensor == null ? item.value : item.tensor.toHost();
    }

    /** All outputs on the host; copies. */
    public Map<String, HostValue> toHost() {
        Map<String, HostValue> values = new LinkedHashMap<>();
        items.keySet().forEach(name -> values.put(name, value(name)));
        return Collections.unmodifiableMap(values);
    }

    /** The tensor of output {@code name}, from now on the caller's to close. */
    public Tensor take(String name) {
        Tensor tensor = get(name).keep();
        items.put(name, new Item(tensor, null, true));
        return tensor;
    }

    /** Another tensor in the place of output {@code name}, which is closed; this owns it from now on. */
    public void replace(String name, Tensor tensor) {
        get(name).close();
        add(name, tensor.keep(), false);
    }

    private Item item(String name) {
        Item item = items.get(name);
        if (item == null) {
            throw new IllegalArgumentException("there is no output '" + name + "'; there are " + names());
        }
        return item;
    }

    @Override
    public void close() {
        for (Item item : items.values()) {
            if (!item.provided) {
                item.tensor.close();
            }
        }
    }
}
