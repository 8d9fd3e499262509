package io.sardonyx.bench;

import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorProto;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A light model of the ONNX backend suite: a published architecture whose every weight is one constant, so that all outputs are
 * the same number and nothing could be compared. Here each {@code ConstantOfShape} becomes an initializer of
 * {@link RandomWeights}. The Softmax at the end is left out: it would make of such outputs all zeros and a one.
 */
final class LightModel {
    private static final String FOLDER = "onnx-data/light";
    private static final Set<Integer> SCALE_AND_VARIANCE = Set.of(1, 4); // inputs of BatchNormalization

    private LightModel() {}

    /** A temporary file of the model {@code name} out of the suite's archive. */
    static Path write(Path archive, String name) throws IOException {
        Path folder = Files.createTempDirectory("sardonyx-bench-");
        folder.toFile().deleteOnExit();
        Path file = folder.resolve(name + ".onnx");
        file.toFile().deleteOnExit();
        ModelProto.Builder model = ModelProto.parseFrom(extract(archive, FOLDER + "/" + name + ".onnx")).toBuilder();
        fill(model.getGraphBuilder(), new RandomWeights(new SplittableRandom(name.hashCode())));
        try (OutputStream out = Files.newOutputStream(file)) {
            model.build().writeTo(out);
        }
        return file;
    }

    private static byte[] extract(Path archive, String entry) throws IOException {
        Process tar = new ProcessBuilder("tar", "-xOf", archive.toString(), entry)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] bytes = tar.getInputStream().readAllBytes();
        if (bytes.length == 0) {
            throw new IOException(archive + ": tar finds no " + entry);
        }
        return bytes;
    }

    private static void fill(GraphProto.Builder graph, RandomWeights random) {
        Map<String, TensorProto> shapes = graph.getInitializerList().stream()
                .collect(Collectors.toMap(TensorProto::getName, Function.identity()));
        Set<String> positive = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("BatchNormalization")) {
                SCALE_AND_VARIANCE.forEach(i -> positive.add(node.getInput(i)));
            }
        }
        List<NodeProto> nodes = List.copyOf(graph.getNodeList());
        graph.clearNode();
        for (NodeProto node : nodes) {
            if (node.getOpType().equals("ConstantOfShape")) {
                String name = node.getOutput(0);
                List<Long> dims = dims(shapes.get(node.getInput(0)));
                graph.addInitializer(positive.contains(name) ? random.around1(name, dims) : random.around0(name, dims));
            } else if (node.getOpType().equals("Softmax")) {
                graph.addNode(node.toBuilder().setOpType("Identity").clearAttribute());
            } else {
                graph.addNode(node);
            }
        }
    }

    private static List<Long> dims(TensorProto shape) {
        if (shape.getInt64DataCount() > 0) {
            return shape.getInt64DataList();
        }
        ByteBuffer raw = shape.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        Long[] dims = new Long[raw.remaining() / Long.BYTES];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = raw.getLong(i * Long.BYTES);
        }
        return List.of(dims);
    }
}
