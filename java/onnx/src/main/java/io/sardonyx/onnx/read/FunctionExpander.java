package io.sardonyx.onnx.read;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.FunctionProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.op.Attributes;
import io.sardonyx.op.Operators;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts the body of a function of the model in the place of a node that calls it. */
final class FunctionExpander {
    private static final int IDENTITY_OPSET = 13;

    private final ModelContext context;
    private final GraphReader graphs;

    FunctionExpander(ModelContext context, GraphReader graphs) {
        this.context = context;
        this.graphs = graphs;
    }

    /** @param inputs and {@code outputs}: the call's, as values of {@code graph} */
    void expand(
            Graph graph,
            NodeProto call,
            FunctionKey key,
            List<String> inputs,
            List<String> outputs,
            Scope scope,
            int depth) {
        FunctionProto function = context.functions().get(key);
        String name = scope.nodeName(GraphReader.name(call));
        Where where = context.where().node(name);
        checkCount(inputs, function.getInputCount(), "inputs", key, where);
        checkCount(outputs, function.getOutputCount(), "outputs", key, where);
        context.checkDepth(depth + 1, "functions and subgraphs nest");
        var imports = ModelContext.opsets(function.getOpsetImportList(), where, context.unsupported());
        Scope body = scope.function(graph, name, imports, bindAttributes(function, call, scope));
        for (int i = 0; i < function.getInputCount(); i++) {
            body.bind(function.getInput(i), i < inputs.size() ? inputs.get(i) : "", where);
        }
        // An output that is an input, or listed twice, needs a node to become a value of its own.
        var copies = new ArrayList<String[]>();
        for (int i = 0; i < function.getOutputCount(); i++) {
            String inner = function.getOutput(i);
            String result = i < outputs.size() ? outputs.get(i) : "";
            if (!body.binds(inner)) {
                body.bindResult(inner, result.isEmpty() ? graph.fresh(name + "/" + inner) : result, where);
            } else if (!result.isEmpty()) {
                copies.add(new String[] {inner, result});
            }
        }
        graphs.readNodes(graph, function.getNodeList(), body, depth + 1);
        for (String[] copy : copies) {
            context.countNode(new FunctionKey(Operators.ONNX, "Identity", ""));
            var identity = Operators.read(Operators.ONNX, "Identity", Attributes.of(IDENTITY_OPSET, Map.of()));
            identity.ifPresentOrElse(
                    operator -> graph.add(Node.of(
                            graph.fresh(name + "/Identity"),
                            operator,
                            List.of(body.use(copy[0], where)),
                            List.of(copy[1]))),
                    () -> context.unsupported().add("operator Identity", name));
        }
        for (int i = 0; i < outputs.size() && context.unsupported().isEmpty(); i++) {
            if (!outputs.get(i).isEmpty() && !graph.defines(outputs.get(i))) {
                throw new InvalidGraphException(
                        where, "function '" + key + "' does not make its output '" + function.getOutput(i) + "'");
            }
        }
    }

    private static void checkCount(List<String> given, int declared, String what, FunctionKey key, Where where) {
        if (given.size() > declared) {
            throw new InvalidGraphException(
                    where, "function '" + key + "' has " + declared + " " + what + ", given " + given.size());
        }
    }

    /** What the function's attributes are in this call; those given nowhere are left out. */
    private static Map<String, Scope.Bound> bindAttributes(FunctionProto function, NodeProto call, Scope scope) {
        var bound = new HashMap<String, Scope.Bound>();
        for (AttributeProto attribute : function.getAttributeProtoList()) {
            bound.put(attribute.getName(), new Scope.Bound(attribute, scope));
        }
        for (AttributeProto attribute : call.getAttributeList()) {
            if (attribute.getRefAttrName().isEmpty()) {
                bound.put(attribute.getName(), new Scope.Bound(attribute, scope));
            } else if (scope.inFunction()) {
                Scope.Bound outer = scope.attribute(attribute.getRefAttrName());
                if (outer != null) {
                    bound.put(attribute.getName(), outer);
                }
            }
        }
        return bound;
    }
}
