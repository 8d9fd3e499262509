package io.sardonyx.onnx.graph;

import io.sardonyx.op.Operator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One step of a graph. Immutable, and equal only to itself; an edit puts another node in its place. */
public final class Node {
    private final String name;
    private final String domain;
    private final String opType;
    private final int opset;
    private final List<String> inputs;
    private final List<String> outputs;
    private final Map<String, Object> attributes;
    private final Operator operator;
    private final List<GraphBody> bodies;

    private Node(
            String name,
            String domain,
            String opType,
            int opset,
            List<String> inputs,
            List<String> outputs,
            Map<String, Object> attributes,
            Operator operator) {
        this.name = name;
        this.domain = domain;
        this.opType = opType;
        this.opset = opset;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.attributes = attributes.isEmpty()
                ? Map.of()
                : Collections.unmodifiableMap(new LinkedHashMap<>(attributes)); // keeps the order of bodies
        this.operator = operator;
        this.bodies = bodies(this.attributes);
    }

    private static List<GraphBody> bodies(Map<String, Object> attributes) {
        if (attributes.isEmpty()) {
            return List.of();
        }
        var bodies = new ArrayList<GraphBody>(0);
        for (Object value : attributes.values()) {
            if (value instanceof GraphBody body) {
                bodies.add(body);
            } else if (value instanceof List<?> list) {
                for (Object item : list) {
                    if (item instanceof GraphBody body) {
                        bodies.add(body);
                    }
                }
            }
        }
        return List.copyOf(bodies);
    }

    /** A node as a model has it. */
    public static Node of(
            String name,
            String domain,
            String opType,
            int opset,
            List<String> inputs,
            List<String> outputs,
            Map<String, Object> attributes,
            Operator operator) {
        return new Node(name, domain, opType, opset, inputs, outputs, attributes, operator);
    }

    /** A node that a rewrite makes. */
    public static Node of(String name, Operator operator, List<String> inputs, List<String> outputs) {
        return new Node(name, "", operator.name(), 0, inputs, outputs, Map.of(), operator);
    }

    public Node withInputs(List<String> others) {
        return new Node(name, domain, opType, opset, others, outputs, attributes, operator);
    }

    public Node withOutputs(List<String> others) {
        return new Node(name, domain, opType, opset, inputs, others, attributes, operator);
    }

    /** Another operator between the same values. */
    public Node with(Operator other) {
        return new Node(name, "", other.name(), 0, inputs, outputs, Map.of(), other);
    }

    /** The model's name for it, or one made of operator and output; not always unique. */
    public String name() {
        return name;
    }

    public String domain() {
        return domain;
    }

    public String opType() {
        return opType;
    }

    /** The opset version of its domain; 0 for a node that a rewrite made. */
    public int opset() {
        return opset;
    }

    /** The values it reads, in the operator's order; "" stands for an optional input left out. */
    public List<String> inputs() {
        return inputs;
    }

    public String input(int i) {
        return i < inputs.size() ? inputs.get(i) : "";
    }

    public boolean hasInput(int i) {
        return !input(i).isEmpty();
    }

    /** The values it makes; "" stands for an output that nobody wants. */
    public List<String> outputs() {
        return outputs;
    }

    public String output(int i) {
        return i < outputs.size() ? outputs.get(i) : "";
    }

    /** As in {@link io.sardonyx.op.Attributes}, subgraphs as {@link GraphBody}. */
    public Map<String, Object> attributes() {
        return attributes;
    }

    public Operator operator() {
        return operator;
    }

    /** The graphs in its attributes. */
    public List<GraphBody> bodies() {
        return bodies;
    }

    /** Every value of the graph that it needs: its inputs and what its bodies capture. */
    public Set<String> reads() {
        var reads = new LinkedHashSet<String>(inputs);
        reads.remove("");
        for (GraphBody body : bodies) {
            reads.addAll(body.captures());
        }
        return reads;
    }

    /** As {@link #reads}, perhaps with "" and repetitions: most nodes have no bodies, and models have many nodes. */
    List<String> dependencies() {
        return bodies.isEmpty() ? inputs : List.copyOf(reads());
    }

    @Override
    public String toString() {
        return name + ": " + opType + inputs + " -> " + outputs;
    }
}
