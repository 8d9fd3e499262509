package io.sardonyx.onnx.read;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.op.Operators;
import io.sardonyx.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a model light enough to travel: every large weight becomes a node that makes one like it from a seed ({@link StandIn}). The
 * result is a valid ONNX model of the same graph, with other weights; {@link StrippedWeights} makes them when it is loaded.
 *
 * <p>It is one file: external data that stay move in. A large weight that is also an input (a default, or any weight before IR 4) is
 * no input any more.
 */
public final class ModelStripper {
    /** Smaller weights stay: what they weigh is little, and constants of an operator are among them. */
    public static final int THRESHOLD = 16 << 10;

    private static final int TENSOR_ATTRIBUTE = 4;
    private static final int EXTERNAL = 1;

    private final Where where;
    private final TensorReader tensors;
    private final int opset;
    private int weights;
    private long bytes;

    private ModelStripper(Where where, TensorReader tensors, int opset) {
        this.where = where;
        this.tensors = tensors;
        this.opset = opset;
    }

    /**
     * @param model the stripped model's file
     * @param weights how many weights were replaced
     * @param bytes what those took
     */
    public record Result(byte[] model, int weights, long bytes) {}

    /** @throws io.sardonyx.onnx.ModelException if it is no model, beyond the limits, or has tensors of types that are not known */
    public static Result strip(ModelSource source, ReadOptions options) {
        ModelProto.Builder model = ModelReader.parse(source, options.limits()).toBuilder();
        Where where = Where.file(source.name());
        var unsupported = new Unsupported();
        try (var external = new ExternalData(source, options)) {
            var tensors = new TensorReader(options.limits(), external, DeferredData.NONE, unsupported);
            var stripper = new ModelStripper(where, tensors, opset(model));
            stripper.strip(model.getGraphBuilder());
            if (!unsupported.isEmpty()) {
                throw new UnsupportedModelException(where, unsupported.items());
            }
            model.addMetadataProps(StringStringEntryProto.newBuilder()
                    .setKey(StrippedWeights.PROPERTY)
                    .setValue(stripper.weights + " weights of " + stripper.bytes + " bytes made from seeds"));
            return new Result(model.build().toByteArray(), stripper.weights, stripper.bytes);
        }
    }

    private static int opset(ModelProto.Builder model) {
        return model.getOpsetImportList().stream()
                .filter(entry -> Operators.canonical(entry.getDomain()).equals(Operators.ONNX))
                .mapToInt(entry -> (int) entry.getVersion())
                .max()
                .orElseGet(() -> {
                    if (model.getIrVersion() < 3) {
                        return 1;
                    }
                    int ours = 13; // a model of another domain's nodes alone gets the generators'
                    model.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(ours));
                    return ours;
                });
    }

    private void strip(GraphProto.Builder graph) {
        List<NodeProto> nodes = new ArrayList<>();
        Set<String> replaced = new HashSet<>();
        List<TensorProto> kept = new ArrayList<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            Optional<List<NodeProto>> standIn = standIn(tensor, tensor.getName());
            if (standIn.isPresent()) {
                nodes.addAll(standIn.get());
                replaced.add(tensor.getName());
            } else {
                kept.add(inside(tensor));
            }
        }
        for (NodeProto node : graph.getNodeList()) {
            strip(node, nodes);
        }
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(input -> !replaced.contains(input.getName()))
                .toList();
        graph.clearInitializer().addAllInitializer(kept);
        graph.clearInput().addAllInput(inputs);
        graph.clearNode().addAllNode(nodes);
    }

    /** Adds the node to {@code nodes}: what stands in for it if it is a Constant, else with the graphs in it stripped. */
    private void strip(NodeProto node, List<NodeProto> nodes) {
        boolean constant =
                node.getOpType().equals("Constant") && node.getDomain().isEmpty();
        NodeProto.Builder result = node.toBuilder();
        for (AttributeProto.Builder attribute : result.getAttributeBuilderList()) {
            if (constant && attribute.getType() == TENSOR_ATTRIBUTE) {
                Optional<List<NodeProto>> standIn = standIn(attribute.getT(), node.getOutput(0));
                if (standIn.isPresent()) {
                    nodes.addAll(standIn.get());
                    return;
                }
                attribute.setT(inside(attribute.getT()));
            }
            if (attribute.hasG()) {
                strip(attribute.getGBuilder());
            }
            attribute.getGraphsBuilderList().forEach(this::strip);
        }
        nodes.add(result.build());
    }

    private Optional<List<NodeProto>> standIn(TensorProto tensor, String name) {
        Optional<HostTensor> weight = tensors.read(tensor, where);
        if (weight.isEmpty() || weight.get().type().byteSize() < THRESHOLD) {
            return Optional.empty();
        }
        Optional<List<NodeProto>> nodes = StandIn.of(weight.get(), name, weights + 1, opset);
        if (nodes.isPresent()) {
            weights++;
            bytes += weight.get().type().byteSize();
        }
        return nodes;
    }

    /** The tensor with its data inside the model's file. */
    private TensorProto inside(TensorProto tensor) {
        if (tensor.getDataLocation() != EXTERNAL) {
            return tensor;
        }
        ByteBuffer data = tensors.read(tensor, where).map(HostTensor::data).orElseGet(() -> ByteBuffer.allocate(0));
        return tensor.toBuilder()
                .clearDataLocation()
                .clearExternalData()
                .setRawData(ByteString.copyFrom(data))
                .build();
    }
}
