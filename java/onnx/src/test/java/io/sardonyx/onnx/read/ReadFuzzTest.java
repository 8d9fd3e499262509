package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.call;
import static io.sardonyx.onnx.read.Onnx.function;
import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.raw;
import static io.sardonyx.onnx.read.Onnx.reference;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelException;
import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.SequenceProto;
import io.sardonyx.onnx.proto.SparseTensorProto;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the bytes are, the answer is a model or a {@link ModelException}. As a test this runs the seeds;
 * {@code JAZZER_FUZZ=1 mvn test -pl java/onnx -am -Djazzer.watch=** -Dtest=ReadFuzzTest#anyModel} searches for a minute; one
 * method at a time.
 */
class ReadFuzzTest {
    private static final ReadOptions SMALL =
            new ReadOptions(Limits.DEFAULT.nodes(10_000).memory(64 << 20), false);

    /** Name and content of the files that a model may read. */
    private static final String INSIDE = "inside";

    @TempDir
    static Path root;

    @MethodSource("models")
    @FuzzTest(maxDuration = "60s")
    void anyModel(byte[] bytes) {
        try {
            ModelReader.read(ModelSource.of(bytes), SMALL).graph().nodes();
        } catch (ModelException refused) {
            // as it should be
        }
        try {
            ModelInspector.inspect(ModelSource.of(bytes), SMALL);
        } catch (ModelException refused) {
            // as it should be
        }
    }

    static Stream<byte[]> models() {
        var branch = body(identity("x", "t")).addOutput(value("t"));
        var sparse = SparseTensorProto.newBuilder()
                .setValues(tensor("s", DType.FLOAT32, 1).addFloatData(1))
                .setIndices(tensor("", DType.INT64, 1, 2).addInt64Data(0).addInt64Data(1))
                .addDims(2)
                .addDims(2);
        return Stream.of(
                        model(graph(identity("x", "y"))),
                        model(graph(node("Concat", "x w", "y", attribute("axis", 0)))
                                .addInitializer(raw("w", DType.FLOAT32, 8, 2))),
                        model(graph(node(
                                "Constant",
                                "",
                                "y",
                                attribute(
                                        "value",
                                        tensor("", DType.INT4, 3)
                                                .addInt32Data(1)
                                                .addInt32Data(2))))),
                        model(graph(node(
                                        "If",
                                        "c",
                                        "y",
                                        attribute("then_branch", branch),
                                        attribute("else_branch", branch)))
                                .addInput(value("c", DType.BOOL.code()))),
                        model(graph(call("f", "x", "y", attribute("a", 0))))
                                .addFunctions(function(
                                        "f", "p", "q", call("g", "p", "m", reference("b", "a", 2)), identity("m", "q")))
                                .addFunctions(
                                        function("g", "p", "q", node("Concat", "p p", "q", reference("axis", "b", 2)))),
                        model(graph(identity("x", "y")).addSparseInitializer(sparse)),
                        model(graph(identity("x", "y"))
                                .addInitializer(tensor("w", DType.INT8, 4)
                                        .setDataLocation(1)
                                        .addExternalData(StringStringEntryProto.newBuilder()
                                                .setKey("location")
                                                .setValue("w.bin")))))
                .map((ModelProto.Builder model) -> model.build().toByteArray());
    }

    @MethodSource("values")
    @FuzzTest(maxDuration = "60s")
    void anyValue(byte[] bytes) throws IOException {
        Path file = Files.write(root.resolve("value.pb"), bytes);
        var tensor = DeclaredType.UNKNOWN;
        for (var type :
                new DeclaredType[] {tensor, new DeclaredType.OfSequence(tensor), new DeclaredType.OfOptional(tensor)}) {
            try {
                if (TensorFiles.read(file, type).value() instanceof HostTensor read && read.dtype() != DType.STRING) {
                    read.copy();
                }
            } catch (ModelException refused) {
                // as it should be
            }
        }
    }

    static Stream<byte[]> values() {
        TensorProto tensor =
                tensor("t", DType.FLOAT32, 2).addFloatData(1).addFloatData(2).build();
        return Stream.of(
                tensor.toByteArray(),
                raw("t", DType.BOOL, 3, 3).build().toByteArray(),
                SequenceProto.newBuilder()
                        .setElemType(1)
                        .addTensorValues(tensor)
                        .build()
                        .toByteArray());
    }

    /** A name opens the one file that has it, or nothing. */
    @MethodSource("locations")
    @FuzzTest(maxDuration = "60s")
    void anyLocation(String location) throws IOException {
        if (location == null) { // what the fuzzer makes of no bytes
            return;
        }
        Path folder = Files.createDirectories(root.resolve("model/sub")).getParent();
        for (Path file :
                new Path[] {root.resolve("outside"), folder.resolve(INSIDE), folder.resolve("sub/" + INSIDE)}) {
            Files.writeString(file, file.getParent().equals(root) ? "secret" : INSIDE);
        }
        if (!Files.exists(folder.resolve("link"), LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(folder.resolve("link"), root);
        }
        try (SeekableByteChannel channel =
                ConfinedFolder.of(folder.resolve("m.onnx"), false).open(location)) {
            var content = ByteBuffer.allocate(100);
            channel.read(content);
            assertEquals(INSIDE, new String(content.array(), 0, content.position(), StandardCharsets.UTF_8));
        } catch (IOException | ConfinedFolder.Refused refused) {
            // as it should be
        }
    }

    static Stream<String> locations() {
        return Stream.of(
                INSIDE,
                "sub/" + INSIDE,
                "./sub/./" + INSIDE,
                "../outside",
                "link/outside",
                "sub/../" + INSIDE,
                "/etc/passwd",
                "",
                "a\0b");
    }
}
