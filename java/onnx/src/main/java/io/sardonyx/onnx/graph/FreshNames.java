package io.sardonyx.onnx.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The value names of a model and of all graphs inside it. */
final class FreshNames {
    /** Longer names are cut, so that names made from names stay short. */
    private static final int LONGEST = 200;

    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> next = new HashMap<>();

    void take(String name) {
        taken.add(name);
    }

    String fresh(String base) {
        String stem = base.length() > LONGEST ? base.substring(base.length() - LONGEST) : base;
        String name = stem;
        while (name.isEmpty() || !taken.add(name)) {
            name = stem + "_" + next.merge(stem, 1, Integer::sum);
        }
        return name;
    }
}
