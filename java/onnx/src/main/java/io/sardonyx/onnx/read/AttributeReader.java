package io.sardonyx.onnx.read;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.GraphBody;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads a node's attributes into the values that {@link io.sardonyx.op.Attributes} knows. */
final class AttributeReader {
    private final ModelContext context;
    private final GraphReader graphs;
    private final TypeReader types;

    AttributeReader(ModelContext context, GraphReader graphs, TypeReader types) {
        this.context = context;
        this.graphs = graphs;
        this.types = types;
    }

    /** By name; empty if one is of a kind that is not supported, which is noted then. */
    Optional<Map<String, Object>> read(Graph graph, NodeProto node, Scope scope, Where where, int depth) {
        var result = new LinkedHashMap<String, Object>();
        boolean complete = true;
        for (AttributeProto attribute : node.getAttributeList()) {
            String name = attribute.getName();
            if (name.isEmpty()) {
                throw new InvalidGraphException(where, "an attribute without a name");
            }
            Scope.Bound bound = attribute.getRefAttrName().isEmpty()
                    ? new Scope.Bound(attribute, scope)
                    : referred(graph, attribute, scope, where);
            if (bound == null) {
                continue; // it refers to one that the call leaves out and that has no default
            }
            Optional<?> value = value(graph, bound, where, depth);
            if (value.isEmpty()) {
                complete = false;
            } else if (result.put(name, value.get()) != null) {
                throw new InvalidGraphException(where, "attribute '" + name + "' is given twice");
            }
        }
        return complete ? Optional.of(result) : Optional.empty();
    }

    /** The attribute of the function's call to which one in its body refers. */
    private static Scope.Bound referred(Graph graph, AttributeProto attribute, Scope scope, Where where) {
        String label = "attribute '" + attribute.getName() + "'";
        if (!scope.inFunction()) {
            throw new InvalidGraphException(where, label + " refers to another outside a function's body");
        }
        Scope.Bound bound = scope.attribute(attribute.getRefAttrName());
        if (bound == null) {
            return null;
        }
        Optional<AttributeKind> expected = AttributeKind.of(attribute.getType());
        Optional<AttributeKind> found = AttributeKind.of(bound.attribute(), where);
        if (expected.isPresent() && !expected.equals(found)) {
            throw new InvalidGraphException(
                    where,
                    label + ": declared as " + expected.get() + ", but '" + attribute.getRefAttrName()
                            + "', to which it refers, is "
                            + found.map(AttributeKind::toString).orElse("unknown"));
        }
        return new Scope.Bound(bound.attribute(), bound.scope().copied(graph, scope.nodeName("")));
    }

    private Optional<?> value(Graph graph, Scope.Bound bound, Where where, int depth) {
        AttributeProto a = bound.attribute();
        Optional<AttributeKind> kind = AttributeKind.of(a, where);
        if (kind.isEmpty()) {
            context.unsupported().add("attribute type " + a.getType(), where.node());
            return Optional.empty();
        }
        Function<GraphProto, Optional<GraphBody>> body = proto -> Optional.of(body(graph, proto, bound.scope(), depth));
        return switch (kind.get()) {
            case FLOAT -> Optional.of(a.getF());
            case INT -> Optional.of(a.getI());
            case STRING -> Optional.of(a.getS().toStringUtf8());
            case FLOATS -> Optional.of(List.copyOf(a.getFloatsList()));
            case INTS -> Optional.of(List.copyOf(a.getIntsList()));
            case STRINGS ->
                Optional.of(a.getStringsList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList());
            case TENSOR -> context.tensors().read(a.getT(), where);
            case TENSORS -> all(a.getTensorsList(), t -> context.tensors().read(t, where));
            case SPARSE_TENSOR -> context.tensors().readSparse(a.getSparseTensor(), where);
            case SPARSE_TENSORS ->
                all(a.getSparseTensorsList(), t -> context.tensors().readSparse(t, where));
            case GRAPH -> body.apply(a.getG());
            case GRAPHS -> all(a.getGraphsList(), body);
            case TYPE -> Optional.of(types.read(a.getTp(), where.node()));
            case TYPES -> all(a.getTypeProtosList(), t -> Optional.of(types.read(t, where.node())));
        };
    }

    /** All values, or empty if one is missing. */
    private static <P, V> Optional<List<V>> all(List<P> protos, Function<P, Optional<V>> read) {
        var values = new ArrayList<V>(protos.size());
        for (P proto : protos) {
            read.apply(proto).ifPresent(values::add);
        }
        return values.size() < protos.size() ? Optional.empty() : Optional.of(values);
    }

    private GraphBody body(Graph outer, GraphProto proto, Scope scope, int depth) {
        context.countBody();
        Graph graph = outer.nested(proto.getName());
        graphs.fill(graph, proto, scope.inner(graph), depth + 1);
        return new GraphBody(graph);
    }
}
