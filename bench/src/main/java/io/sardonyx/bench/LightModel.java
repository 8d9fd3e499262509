package io.sardonyx.bench;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
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
 * the same number and nothing could be compared. Here each {@code ConstantOfShape} becomes an initializer of random values of a
 * trained network's size: of variance {@code 2 / fan-in} where there is a fan-in, scales and variances between 0.5 and 1.5, small
 * biases. The Softmax at the end is left out: it would make of such outputs all zeros and a one.
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
        fill(model.getGraphBuilder(), new SplittableRandom(name.hashCode()));
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

    private static void fill(GraphProto.Builder graph, SplittableRandom random) {
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
                graph.addInitializer(weight(name, dims(shapes.get(node.getInput(0))), positive.contains(name), random));
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

    private static TensorProto weight(String name, List<Long> dims, boolean positive, SplittableRandom random) {
        long size = dims.stream().mapToLong(d -> d).reduce(1, Math::multiplyExact);
        double fanIn = dims.stream().skip(1).mapToLong(d -> d).reduce(1, Math::multiplyExact);
        double reach = dims.size() > 1 ? Math.sqrt(6 / fanIn) : 0.1; // uniform in ±√(6/n) has a variance of 2/n
        ByteBuffer values =
                ByteBuffer.allocate(Math.toIntExact(size * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            double uniform = random.nextDouble();
            values.putFloat((float) (positive ? 0.5 + uniform : reach * (2 * uniform - 1)));
        }
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(DType.FLOAT32.code())
                .addAllDims(dims)
                .setRawData(ByteString.copyFrom(values.flip()))
                .build();
    }
}
