package io.sardonyx.onnx.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Nodes in an order that edits keep: one put in another's place stands where that one stood. Edits are constant time. */
final class NodeList implements Iterable<Node> {
    private List<Node> slots = new ArrayList<>(); // null where a node was removed
    private final Map<Node, Integer> slotOf = new HashMap<>();

    int size() {
        return slotOf.size();
    }

    boolean contains(Node node) {
        return slotOf.containsKey(node);
    }

    void add(Node node) {
        slotOf.put(node, slots.size());
        slots.add(node);
    }

    void remove(Node node) {
        slots.set(slotOf.remove(node), null);
    }

    void replace(Node node, Node other) {
        int slot = slotOf.remove(node);
        slots.set(slot, other);
        slotOf.put(other, slot);
    }

    /** Takes over another order of the same nodes. */
    void reorder(List<Node> sorted) {
        slots = new ArrayList<>(sorted);
        for (int i = 0; i < sorted.size(); i++) {
            slotOf.put(sorted.get(i), i);
        }
    }

    @Override
    public Iterator<Node> iterator() {
        return slots.stream().filter(Objects::nonNull).iterator();
    }
}
