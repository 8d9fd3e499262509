package io.sardonyx.onnx.read;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.FunctionProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Counts a model's nodes as if its functions were expanded, before anything is, and refuses one with too many, with functions
 * that call each other too deep or in a circle. A few lines of file can stand for 2^60 nodes.
 */
final class Census {
    /** What stands in one graph or function's body: nodes of its own, and calls by function. */
    private static final class Body {
        final String name;
        final Map<FunctionKey, Long> calls = new LinkedHashMap<>();
        long nodes;
        // Worked out by visit().
        Iterator<Map.Entry<FunctionKey, Long>> rest;
        long total;
        int depth;
        boolean done;

        Body(String name) {
            this.name = name;
        }
    }

    private final ModelContext context;
    private final Map<FunctionKey, Body> bodies = new HashMap<>();

    private Census(ModelContext context) {
        this.context = context;
    }

    /** @param names is given every name of a value in the model's own graphs, some perhaps twice */
    static void take(ModelContext context, GraphProto graph, Consumer<String> names) {
        var census = new Census(context);
        var main = new Body("the model");
        census.countGraph(graph, main, names, 0);
        census.visit(main);
        Limits limits = context.limits();
        if (main.total > limits.nodes()) {
            throw new ModelLimitException(
                    context.where(),
                    Limits.Kind.NODES,
                    limits.nodes(),
                    main.total,
                    "with its functions expanded the model has");
        }
        context.checkDepth(main.depth, "functions call each other");
    }

    private void countGraph(GraphProto graph, Body body, Consumer<String> names, int depth) {
        context.checkDepth(depth, "subgraphs nest");
        for (ValueInfoProto input : graph.getInputList()) {
            names.accept(input.getName());
        }
        for (TensorProto initializer : graph.getInitializerList()) {
            names.accept(initializer.getName());
        }
        countNodes(graph.getNodeList(), body, names, depth);
    }

    private void countNodes(List<NodeProto> nodes, Body body, Consumer<String> names, int depth) {
        for (NodeProto node : nodes) {
            node.getOutputList().forEach(names);
            FunctionKey key = FunctionKey.of(node);
            if (context.functions().containsKey(key)) {
                body.calls.merge(key, 1L, Long::sum);
            } else {
                body.nodes++;
            }
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasG()) {
                    countGraph(attribute.getG(), body, names, depth + 1);
                }
                for (GraphProto graph : attribute.getGraphsList()) {
                    countGraph(graph, body, names, depth + 1);
                }
            }
        }
    }

    /** Adds up what {@code start} stands for; depth first, without recursion. */
    private void visit(Body start) {
        var path = new ArrayDeque<Body>();
        enter(start, path);
        while (!path.isEmpty()) {
            Body body = path.peek();
            if (!body.rest.hasNext()) {
                finish(body);
                path.pop();
                continue;
            }
            FunctionKey key = body.rest.next().getKey();
            Body callee = bodies.get(key);
            if (callee == null) {
                FunctionProto function = context.functions().get(key);
                callee = new Body(key.toString());
                countNodes(function.getNodeList(), callee, name -> {}, 0);
                bodies.put(key, callee);
                enter(callee, path);
            } else if (!callee.done) {
                throw new InvalidGraphException(
                        context.where(), "functions call each other in a circle: " + circle(path, callee));
            }
        }
    }

    private static void enter(Body body, ArrayDeque<Body> path) {
        body.rest = body.calls.entrySet().iterator();
        path.push(body);
    }

    private void finish(Body body) {
        body.total = body.nodes;
        body.calls.forEach((key, times) -> {
            Body callee = bodies.get(key);
            body.total = saturatedSum(body.total, saturatedProduct(times, callee.total));
            body.depth = Math.max(body.depth, callee.depth + 1);
        });
        body.done = true;
    }

    private static String circle(ArrayDeque<Body> path, Body repeated) {
        var circle = new ArrayList<String>();
        circle.add(repeated.name);
        for (Body body : path) {
            circle.add(0, body.name);
            if (body == repeated || circle.size() > 10) {
                break;
            }
        }
        return String.join(" -> ", circle);
    }

    private static long saturatedSum(long a, long b) {
        return a + b < 0 ? Long.MAX_VALUE : a + b;
    }

    private static long saturatedProduct(long a, long b) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }
}
