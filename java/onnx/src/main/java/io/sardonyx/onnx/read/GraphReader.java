package io.sardonyx.onnx.read;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.SparseTensorProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.op.Attributes;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Operators;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a {@link Graph} of a {@link GraphProto}, the graphs in its nodes' attributes included. */
final class GraphReader {
    private final ModelContext context;
    private final AttributeReader attributes;
    private final TypeReader types;
    private final FunctionExpander functions;

    private GraphReader(ModelContext context) {
        this.context = context;
        this.types = new TypeReader(context);
        this.attributes = new AttributeReader(context, this, types);
        this.functions = new FunctionExpander(context, this);
    }

    static Graph read(ModelContext context, GraphProto proto) {
        try {
            var reader = new GraphReader(context);
            Graph graph = Graph.create(context.where(), proto.getName());
            Census.take(context, proto, graph::reserve);
            reader.fill(graph, proto, Scope.model(context.info().opsets()), 0);
            return graph;
        } catch (StackOverflowError e) {
            throw Protobuf.tooDeep(context.where(), context.limits());
        } catch (OutOfMemoryError e) {
            throw ModelSource.heapTooSmall(context.where());
        }
    }

    /** Reads {@code proto} into an empty graph. */
    void fill(Graph graph, GraphProto proto, Scope scope, int depth) {
        context.checkDepth(depth, "subgraphs nest");
        Where where = context.where();
        Map<String, HostTensor> initializers = initializers(proto);
        for (ValueInfoProto input : proto.getInputList()) {
            ValueInfo info = new ValueInfo(scope.define(input.getName(), where), types.read(input));
            HostTensor initial = initializers.remove(input.getName());
            if (initial == null) {
                graph.addInput(info);
            } else if (context.info().irVersion() < 4) { // then every initializer is listed as an input, too
                graph.addInitializer(info.name(), initial);
                graph.declare(info);
            } else {
                graph.addDefault(info, initial);
            }
        }
        initializers.forEach((name, tensor) -> graph.addInitializer(scope.define(name, where), tensor));
        readNodes(graph, proto.getNodeList(), scope, depth);
        for (ValueInfoProto output : proto.getOutputList()) {
            graph.addOutput(new ValueInfo(output.getName(), types.read(output)), scope.use(output.getName(), where));
        }
        for (ValueInfoProto info : proto.getValueInfoList()) {
            scope.find(info.getName()).ifPresent(value -> graph.declare(new ValueInfo(value, types.read(info))));
        }
    }

    private Map<String, HostTensor> initializers(GraphProto proto) {
        Map<String, HostTensor> result = new LinkedHashMap<>();
        for (TensorProto tensor : proto.getInitializerList()) {
            context.initializers()
                    .read(tensor, context.where())
                    .ifPresent(value -> putNew(result, tensor.getName(), value));
        }
        for (SparseTensorProto tensor : proto.getSparseInitializerList()) {
            context.initializers()
                    .readSparse(tensor, context.where())
                    .ifPresent(value -> putNew(result, tensor.getValues().getName(), value));
        }
        return result;
    }

    private void putNew(Map<String, HostTensor> initializers, String name, HostTensor value) {
        if (initializers.put(name, value) != null) {
            throw new InvalidGraphException(context.where(), "initializer '" + name + "' is defined twice");
        }
    }

    /** Adds the nodes of a graph or of a function's body. */
    void readNodes(Graph graph, List<NodeProto> all, Scope scope, int depth) {
        List<NodeProto> nodes = withoutReplacedConstants(all);
        var outputs = new ArrayList<List<String>>(nodes.size());
        for (NodeProto node : nodes) { // all definitions first: a function's nodes may come in any order
            outputs.add(scope.define(node.getOutputList(), context.where()));
        }
        for (int i = 0; i < nodes.size(); i++) {
            readNode(graph, nodes.get(i), outputs.get(i), scope, depth);
        }
    }

    /**
     * Of Constant nodes that make the same value the last one counts: editors of models append a Constant to replace an earlier one,
     * and ONNX Runtime takes it so. Any other second definition is an error.
     */
    private static List<NodeProto> withoutReplacedConstants(List<NodeProto> nodes) {
        Map<String, NodeProto> last = new HashMap<>();
        int constants = 0;
        for (NodeProto node : nodes) {
            if (isConstant(node)) {
                last.put(node.getOutput(0), node);
                constants++;
            }
        }
        return last.size() == constants
                ? nodes
                : nodes.stream()
                        .filter(node -> !isConstant(node) || last.get(node.getOutput(0)) == node)
                        .toList();
    }

    private static boolean isConstant(NodeProto node) {
        return node.getOpType().equals("Constant") && node.getDomain().isEmpty() && node.getOutputCount() == 1;
    }

    private void readNode(Graph graph, NodeProto proto, List<String> outputs, Scope scope, int depth) {
        Where where = context.where().node(scope.nodeName(name(proto)));
        if (proto.getOpType().isEmpty()) {
            throw new InvalidGraphException(where, "a node without an operator");
        }
        List<String> inputs = scope.use(proto.getInputList(), where);
        FunctionKey key = FunctionKey.of(proto);
        if (context.functions().containsKey(key)) {
            functions.expand(graph, proto, key, inputs, outputs, scope, depth);
            return;
        }
        context.countNode(key);
        int opset = scope.opset(key.domain());
        Optional<Map<String, Object>> values = attributes.read(graph, proto, scope, where, depth);
        if (values.isEmpty()) {
            return; // its attributes are among what is not supported
        }
        Optional<Operator> operator = operator(key, Attributes.of(opset, outputs.size(), values.get()), where);
        if (operator.isEmpty()) {
            context.unsupported().add("operator " + key + " (opset " + opset + ")", where.node());
        } else {
            graph.add(Node.of(
                    where.node(), key.domain(), key.name(), opset, inputs, outputs, values.get(), operator.get()));
        }
    }

    private static Optional<Operator> operator(FunctionKey key, Attributes attributes, Where where) {
        try {
            return Operators.read(key.domain(), key.name(), attributes);
        } catch (RuntimeException e) { // whatever values no reader of attributes foresaw
            throw new InvalidGraphException(where, key.name() + ": " + e.getMessage(), e);
        }
    }

    /** The node's name, or one made of its operator and first output. */
    static String name(NodeProto node) {
        return !node.getName().isEmpty()
                ? node.getName()
                : node.getOpType() + "(" + (node.getOutputCount() > 0 ? node.getOutput(0) : "") + ")";
    }
}
