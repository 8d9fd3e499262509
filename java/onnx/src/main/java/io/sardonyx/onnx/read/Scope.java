package io.sardonyx.onnx.read;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.proto.AttributeProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What names mean in one place of a model. In the model's own graphs they stand for themselves; in an expanded function (and in
 * a graph that a function's attribute brings in) each is given a fresh one.
 */
final class Scope {
    /** An attribute and the scope that its graphs live in. */
    record Bound(AttributeProto attribute, Scope scope) {}

    /** Longer names are cut in an expanded function. */
    private static final int LONGEST = 120;

    private final Scope outer;
    private final Graph fresh;
    private final String prefix;
    private final Map<String, String> names;
    private final Set<String> results = new HashSet<>();
    private final Map<String, Integer> opsets;
    private final Map<String, Bound> attributes;

    private Scope(Scope outer, Graph fresh, String prefix, Map<String, Integer> opsets, Map<String, Bound> attributes) {
        this.outer = outer;
        this.fresh = fresh;
        this.prefix = prefix;
        this.names = fresh == null ? null : new HashMap<>();
        this.opsets = opsets;
        this.attributes = attributes;
    }

    /** The model's own graph. */
    static Scope model(Map<String, Integer> opsets) {
        return new Scope(null, null, "", opsets, null);
    }

    /** The body of a function that is called from here. */
    Scope function(Graph graph, String callName, Map<String, Integer> imports, Map<String, Bound> bound) {
        var all = new HashMap<>(opsets);
        all.putAll(imports);
        return new Scope(null, graph, shorten(callName) + "/", all, bound);
    }

    /** A subgraph's. */
    Scope inner(Graph graph) {
        return new Scope(this, names == null ? null : graph, prefix, opsets, attributes);
    }

    /** The scope of a subgraph that may be read more than once, so that its names have to differ each time. */
    Scope copied(Graph graph, String newPrefix) {
        return new Scope(this, graph, newPrefix, opsets, attributes);
    }

    /** Whether this is a function's body. */
    boolean inFunction() {
        return attributes != null;
    }

    int opset(String domain) {
        return opsets.getOrDefault(domain, 1);
    }

    /** The calling node's attribute, the function's default, or {@code null}. */
    Bound attribute(String name) {
        return attributes.get(name);
    }

    /** A node's name, after the names of the calls that lead to it. */
    String nodeName(String name) {
        return names == null ? name : prefix + shorten(name);
    }

    /** The end of a name: the names of many nodes, which are made of it, shall not take more memory than the nodes. */
    private static String shorten(String name) {
        return name.length() > LONGEST ? "…" + name.substring(name.length() - LONGEST) : name;
    }

    /** Gives a value of this scope a name of its own. */
    String define(String name, Where where) {
        if (names == null || name.isEmpty()) {
            return name;
        }
        if (results.contains(name)) {
            return names.get(name);
        }
        String unique = fresh.fresh(prefix + shorten(name));
        bind(name, unique, where);
        return unique;
    }

    List<String> define(List<String> all, Where where) {
        return names == null
                ? all
                : all.stream().map(name -> define(name, where)).toList();
    }

    /** Lets {@code name} stand for {@code value} here. */
    void bind(String name, String value, Where where) {
        if (names.putIfAbsent(name, value) != null) {
            throw new InvalidGraphException(where, "value '" + name + "' is defined twice");
        }
    }

    /** As {@link #bind}, for an output of the function: {@link #define} gives {@code value} then. */
    void bindResult(String name, String value, Where where) {
        bind(name, value, where);
        results.add(name);
    }

    boolean binds(String name) {
        return names.containsKey(name);
    }

    /** What {@code name} stands for; "" for "". */
    String use(String name, Where where) {
        return name.isEmpty()
                ? name
                : find(name).orElseThrow(() -> new InvalidGraphException(where, "value '" + name + "' is not defined"));
    }

    List<String> use(List<String> all, Where where) {
        return names == null ? all : all.stream().map(name -> use(name, where)).toList();
    }

    /** What {@code name} stands for; in the model's own graphs always itself, defined or not. */
    Optional<String> find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.names == null) {
                return Optional.of(name);
            }
            String value = scope.names.get(name);
            if (value != null) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
