package io.sardonyx.onnx.read;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.GraphBody;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.SparseTensorProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.proto.TypeProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a node's attributes into the values that {@link io.sardonyx.op.Attributes} knows. */
final class AttributeReader {
    private static final int FLOAT = 1;
    private static final int INT = 2;
    private static final int STRING = 3;
    private static final int TENSOR = 4;
    private static final int GRAPH = 5;
    private static final int FLOATS = 6;
    private static final int INTS = 7;
    private static final int STRINGS = 8;
    private static final int TENSORS = 9;
    private static final int GRAPHS = 10;
    private static final int SPARSE_TENSOR = 11;
    private static final int SPARSE_TENSORS = 12;
    private static final int TYPE = 13;
    private static final int TYPES = 14;

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
            Optional<Object> value;
            if (attribute.getRefAttrName().isEmpty()) {
                value = value(graph, attribute, type(attribute, where), scope, where, depth);
            } else {
                if (!scope.inFunction()) {
                    throw new InvalidGraphException(
                            where, "attribute '" + name + "' refers to another outside a function's body");
                }
                Scope.Bound bound = scope.attribute(attribute.getRefAttrName());
                if (bound == null) {
                    continue;
                }
                int type = type(bound.attribute(), where);
                if (attribute.getType() != 0 && attribute.getType() != type) {
                    throw new InvalidGraphException(
                            where,
                            "attribute '" + name + "' has type " + attribute.getType() + ", '"
                                    + attribute.getRefAttrName() + "', which it refers to, has " + type);
                }
                value = value(
                        graph, bound.attribute(), type, bound.scope().copied(graph, scope.nodeName("")), where, depth);
            }
            if (value.isEmpty()) {
                complete = false;
            } else if (result.put(name, value.get()) != null) {
                throw new InvalidGraphException(where, "attribute '" + name + "' is given twice");
            }
        }
        return complete ? Optional.of(result) : Optional.empty();
    }

    /** The declared type, which has to fit the field that is set; the oldest files declare none. */
    private int type(AttributeProto attribute, Where where) {
        int declared = attribute.getType();
        int found = 0;
        int fields = 0;
        for (int type = FLOAT; type <= TYPES; type++) {
            if (has(attribute, type)) {
                found = type;
                fields++;
            }
        }
        // A file written by protobuf 3 leaves out a 0 and an empty list.
        if (fields > 1 || fields == 1 && declared != 0 && declared != found) {
            throw new InvalidGraphException(
                    where,
                    "attribute '" + attribute.getName() + "': its value does not fit its type " + declared + ", "
                            + fields + " values are set");
        }
        if (declared == 0 && fields == 0) {
            throw new InvalidGraphException(
                    where, "attribute '" + attribute.getName() + "' has neither type nor value");
        }
        return declared == 0 ? found : declared;
    }

    private static boolean has(AttributeProto a, int type) {
        return switch (type) {
            case FLOAT -> a.hasF();
            case INT -> a.hasI();
            case STRING -> a.hasS();
            case TENSOR -> a.hasT();
            case GRAPH -> a.hasG();
            case FLOATS -> a.getFloatsCount() > 0;
            case INTS -> a.getIntsCount() > 0;
            case STRINGS -> a.getStringsCount() > 0;
            case TENSORS -> a.getTensorsCount() > 0;
            case GRAPHS -> a.getGraphsCount() > 0;
            case SPARSE_TENSOR -> a.hasSparseTensor();
            case SPARSE_TENSORS -> a.getSparseTensorsCount() > 0;
            case TYPE -> a.hasTp();
            case TYPES -> a.getTypeProtosCount() > 0;
            default -> false;
        };
    }

    private Optional<Object> value(Graph graph, AttributeProto a, int type, Scope scope, Where where, int depth) {
        switch (type) {
            case FLOAT:
                return Optional.of(a.getF());
            case INT:
                return Optional.of(a.getI());
            case STRING:
                return Optional.of(a.getS().toStringUtf8());
            case TENSOR:
                return context.tensors().read(a.getT(), where).map(t -> t);
            case GRAPH:
                requireValue(a.hasG(), a, where);
                return Optional.of(body(graph, a.getG(), scope, depth));
            case FLOATS:
                return Optional.of(List.copyOf(a.getFloatsList()));
            case INTS:
                return Optional.of(List.copyOf(a.getIntsList()));
            case STRINGS:
                return Optional.of(a.getStringsList().stream()
                        .map(ByteString::toStringUtf8)
                        .toList());
            case SPARSE_TENSOR:
                return context.tensors().readSparse(a.getSparseTensor(), where).map(t -> t);
            case TYPE:
                requireValue(a.hasTp(), a, where);
                return Optional.of(types.read(a.getTp(), where.node()));
            default:
                break;
        }
        var items = new ArrayList<Object>();
        switch (type) {
            case TENSORS -> {
                for (TensorProto tensor : a.getTensorsList()) {
                    context.tensors().read(tensor, where).ifPresent(items::add);
                }
                return items.size() < a.getTensorsCount() ? Optional.empty() : Optional.of(items);
            }
            case SPARSE_TENSORS -> {
                for (SparseTensorProto tensor : a.getSparseTensorsList()) {
                    context.tensors().readSparse(tensor, where).ifPresent(items::add);
                }
                return items.size() < a.getSparseTensorsCount() ? Optional.empty() : Optional.of(items);
            }
            case GRAPHS -> {
                for (GraphProto body : a.getGraphsList()) {
                    items.add(body(graph, body, scope, depth));
                }
                return Optional.of(items);
            }
            case TYPES -> {
                for (TypeProto item : a.getTypeProtosList()) {
                    items.add(types.read(item, where.node()));
                }
                return Optional.of(items);
            }
            default -> {
                context.unsupported().add("attribute type " + type, where.node());
                return Optional.empty();
            }
        }
    }

    private static void requireValue(boolean present, AttributeProto attribute, Where where) {
        if (!present) {
            throw new InvalidGraphException(where, "attribute '" + attribute.getName() + "' has no value");
        }
    }

    private GraphBody body(Graph outer, GraphProto proto, Scope scope, int depth) {
        Graph graph = outer.nested(proto.getName());
        graphs.fill(graph, proto, scope.inner(graph), depth + 1);
        return new GraphBody(graph);
    }
}
