package io.sardonyx.onnx.graph;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which nodes use which value. */
final class Uses {
    private final Map<String, Set<Node>> users = new HashMap<>();

    Uses(Iterable<Node> nodes) {
        nodes.forEach(this::add);
    }

    void add(Node node) {
        for (String value : node.dependencies()) {
            users.computeIfAbsent(value, v -> new LinkedHashSet<>(2)).add(node);
        }
    }

    void remove(Node node) {
        for (String value : node.dependencies()) {
            Set<Node> set = users.get(value);
            if (set != null) {
                set.remove(node);
            }
        }
    }

    List<Node> of(String value) {
        return List.copyOf(users.getOrDefault(value, Set.of()));
    }
}
