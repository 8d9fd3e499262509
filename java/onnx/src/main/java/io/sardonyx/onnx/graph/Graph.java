package io.sardonyx.onnx.graph;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Where;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Nodes and the values between them; what rewrites edit and the planner reads. Every value has one definition: an input, an
 * initializer or a node's output. The graph of a {@link GraphBody} may also use values of the graphs around it.
 *
 * <p>Edits are constant time; {@link #nodes} sorts again after them, in linear time. Not thread-safe.
 */
public final class Graph {
    private final Where where;
    private final String name;
    private final FreshNames names;
    private final List<ValueInfo> inputs = new ArrayList<>();
    private final List<ValueInfo> outputs = new ArrayList<>();
    private final List<String> results = new ArrayList<>();
    private final Map<String, HostTensor> initializers = new LinkedHashMap<>();
    private final Map<String, ValueInfo> defaults = new LinkedHashMap<>();
    private final Map<String, DeclaredType> types = new HashMap<>();
    private final NodeList nodes = new NodeList();
    private final Map<String, Node> producers = new HashMap<>();
    private final Set<String> inputNames = new LinkedHashSet<>();
    private Graph parent;

    // Worked out when asked for, forgotten when an edit makes them wrong.
    private List<Node> order;
    private Uses uses;
    private Map<String, List<Integer>> resultsOf;
    private Set<String> captures;

    private Graph(Where where, String name, FreshNames names) {
        this.where = where;
        this.name = name;
        this.names = names;
    }

    /** An empty graph of a model. */
    public static Graph create(Where where, String name) {
        return new Graph(where, name, new FreshNames());
    }

    /** An empty graph that is to be a {@link GraphBody} inside this one; fresh names differ between the two. */
    public Graph nested(String bodyName) {
        return new Graph(where, bodyName, names);
    }

    public String name() {
        return name;
    }

    /** The file, for messages. */
    public Where where() {
        return where;
    }

    /** What a run has to be given. */
    public List<ValueInfo> inputs() {
        return Collections.unmodifiableList(inputs);
    }

    /** What a run gives: public names and declared types. The values behind them are {@link #results}. */
    public List<ValueInfo> outputs() {
        return Collections.unmodifiableList(outputs);
    }

    /** The value behind each output; at first of the same name, but a rewrite may redirect it. */
    public List<String> results() {
        return Collections.unmodifiableList(results);
    }

    /** The constants. */
    public Map<String, HostTensor> initializers() {
        return Collections.unmodifiableMap(initializers);
    }

    /** Initializers that the model also lists among its inputs, so that a run might give another value. */
    public Collection<ValueInfo> defaults() {
        return Collections.unmodifiableCollection(defaults.values());
    }

    /** What the model declares about a value; {@link DeclaredType#UNKNOWN} if nothing. */
    public DeclaredType type(String value) {
        return types.getOrDefault(value, DeclaredType.UNKNOWN);
    }

    public void addInput(ValueInfo input) {
        define(input.name());
        inputs.add(input);
        inputNames.add(input.name());
        types.put(input.name(), input.type());
        edited();
    }

    /** An output whose value has the same name. */
    public void addOutput(ValueInfo output) {
        addOutput(output, output.name());
    }

    public void addOutput(ValueInfo output, String value) {
        outputs.add(output);
        results.add(value);
        resultsOf = null;
        declare(output);
        edited();
    }

    /** Notes a type for a value defined elsewhere. */
    public void declare(ValueInfo info) {
        types.putIfAbsent(info.name(), info.type());
    }

    /** Another type for a value that the model declares, also where it is an input or an output. */
    public void redeclare(ValueInfo info) {
        types.put(info.name(), info.type());
        inputs.replaceAll(input -> input.name().equals(info.name()) ? info : input);
        outputs.replaceAll(output -> output.name().equals(info.name()) ? info : output);
    }

    public void addInitializer(String value, HostTensor tensor) {
        define(value);
        initializers.put(value, tensor);
        edited();
    }

    /** An initializer that is also listed as an input. */
    public void addDefault(ValueInfo info, HostTensor tensor) {
        addInitializer(info.name(), tensor);
        defaults.put(info.name(), info);
        types.put(info.name(), info.type());
    }

    /** A new initializer with a fresh name made from {@code base}; the name. */
    public String addConstant(String base, HostTensor tensor) {
        String value = fresh(base);
        addInitializer(value, tensor);
        return value;
    }

    public void removeInitializer(String value) {
        initializers.remove(value);
        defaults.remove(value);
        edited();
    }

    private void define(String value) {
        if (value.isEmpty()) {
            throw new InvalidGraphException(where, "graph '" + name + "' has a value with an empty name");
        }
        if (defines(value)) {
            throw new InvalidGraphException(where, "value '" + value + "' is defined twice");
        }
        names.take(value);
    }

    /** Whether the value is an input, an initializer or made by a node here. */
    public boolean defines(String value) {
        return producers.containsKey(value) || initializers.containsKey(value) || inputNames.contains(value);
    }

    /** A name that no value of the model has: {@code base}, or {@code base} with a number. */
    public String fresh(String base) {
        return names.fresh(base);
    }

    /** Keeps {@link #fresh} away from a name. */
    public void reserve(String value) {
        names.take(value);
    }

    // Nodes.

    /** All nodes, each after those it depends on; a copy, which edits do not change. */
    public List<Node> nodes() {
        if (order == null) {
            order = Collections.unmodifiableList(TopologicalOrder.of(this, nodes));
            nodes.reorder(order);
        }
        return order;
    }

    public int size() {
        return nodes.size();
    }

    public boolean contains(Node node) {
        return nodes.contains(node);
    }

    /** The node that makes a value; empty for inputs, initializers and captured values. */
    public Optional<Node> producer(String value) {
        return Optional.ofNullable(producers.get(value));
    }

    /** The nodes that use a value, themselves or in their bodies; each once. Outputs are seen by {@link #isResult}. */
    public List<Node> uses(String value) {
        if (uses == null) {
            uses = new Uses(nodes);
        }
        return uses.of(value);
    }

    /** Whether an output gives this value. */
    public boolean isResult(String value) {
        return !outputsOf(value).isEmpty();
    }

    private List<Integer> outputsOf(String value) {
        if (resultsOf == null) {
            resultsOf = new HashMap<>();
            for (int i = 0; i < results.size(); i++) {
                resultsOf
                        .computeIfAbsent(results.get(i), v -> new ArrayList<>(1))
                        .add(i);
            }
        }
        return resultsOf.getOrDefault(value, List.of());
    }

    /** The values of enclosing graphs that this graph uses. */
    public Set<String> captures() {
        if (captures == null) {
            var found = new LinkedHashSet<String>();
            for (Node node : nodes) {
                for (String value : node.dependencies()) {
                    if (!value.isEmpty() && !defines(value)) {
                        found.add(value);
                    }
                }
            }
            for (String value : results) {
                if (!defines(value)) {
                    found.add(value);
                }
            }
            captures = Collections.unmodifiableSet(found);
        }
        return captures;
    }

    public void add(Node node) {
        connect(node);
        nodes.add(node);
    }

    /** Takes a node out; whoever used its outputs has to be changed too. */
    public void remove(Node node) {
        disconnect(node);
        nodes.remove(node);
    }

    /** Puts other nodes in a node's place. */
    public void replace(Node node, Node... others) {
        disconnect(node);
        for (Node other : others) {
            connect(other);
        }
        if (others.length == 0) {
            nodes.remove(node);
        } else { // the last takes the place; sorting brings those on which it depends before it
            nodes.replace(node, others[others.length - 1]);
            for (Node other : List.of(others).subList(0, others.length - 1)) {
                nodes.add(other);
            }
        }
    }

    private void connect(Node node) {
        for (String output : node.outputs()) {
            if (!output.isEmpty()) {
                if (defines(output)) {
                    throw new InvalidGraphException(
                            where.node(node.name()),
                            "value '" + output + "' is defined twice"
                                    + producer(output)
                                            .map(other -> ", first by node '" + other.name() + "'")
                                            .orElse(""));
                }
                names.take(output);
                producers.put(output, node);
            }
        }
        for (GraphBody body : node.bodies()) {
            body.graph().parent = this;
        }
        if (uses != null) {
            uses.add(node);
        }
        edited();
    }

    private void disconnect(Node node) {
        if (!nodes.contains(node)) {
            throw new IllegalArgumentException("not in this graph: " + node);
        }
        node.outputs().forEach(producers::remove);
        if (uses != null) {
            uses.remove(node);
        }
        edited();
    }

    /** Lets every node, body and output that uses {@code from} use {@code to} instead. */
    public void replaceUses(String from, String to) {
        if (from.equals(to)) {
            return;
        }
        for (Node node : uses(from)) {
            disconnect(node);
            for (GraphBody body : node.bodies()) {
                if (body.captures().contains(from)) {
                    body.graph().replaceUses(from, to);
                }
            }
            var renamed = new ArrayList<>(node.inputs());
            renamed.replaceAll(value -> value.equals(from) ? to : value);
            Node changed = node.withInputs(renamed);
            connect(changed);
            nodes.replace(node, changed);
        }
        for (int i : List.copyOf(outputsOf(from))) {
            setResult(i, to);
        }
    }

    /** Lets output {@code i} give another value. */
    public void setResult(int i, String value) {
        outputsOf(results.get(i)).remove((Integer) i);
        resultsOf.computeIfAbsent(value, v -> new ArrayList<>(1)).add(i);
        results.set(i, value);
        edited();
    }

    private void edited() {
        order = null;
        captures = null;
        for (Graph outer = parent; outer != null; outer = outer.parent) {
            outer.order = null;
            outer.uses = null;
            outer.captures = null;
        }
    }

    @Override
    public String toString() {
        return "graph " + name + ": " + inputs + " -> " + outputs + ", " + nodes.size() + " nodes";
    }
}
