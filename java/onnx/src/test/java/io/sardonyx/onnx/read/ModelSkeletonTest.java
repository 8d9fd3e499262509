package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelException;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is read the same with its large weights deferred as whole; with the same complaint, if there is one. */
class ModelSkeletonTest {
    private static final int MANY = ModelSkeleton.LARGE / Float.BYTES;

    @TempDir
    Path folder;

    private static TensorProto.Builder random(String name, int count) {
        byte[] bytes = new byte[Float.BYTES * count];
        new Random(name.hashCode()).nextBytes(bytes);
        return Onnx.tensor(name, DType.FLOAT32, count).setRawData(ByteString.copyFrom(bytes));
    }

    private static GraphProto.Builder weights() {
        return graph(node("Identity", "x", "y"))
                .addInitializer(random("small", 3))
                .addInitializer(random("large", MANY))
                .addInitializer(random("just too small", MANY - 1).setDocString("as text"))
                .addInitializer(
                        Onnx.tensor("typed", DType.FLOAT32, 2).addFloatData(1).addFloatData(2))
                .addInitializer(random("larger", 3 * MANY + 1).setDocString("as text"));
    }

    private Path write(byte[] model) throws IOException {
        return Files.write(folder.resolve("m.onnx"), model);
    }

    private static Map<String, HostTensor> read(Path file, boolean deferred) {
        ModelSource source = ModelSource.of(file);
        if (!deferred) {
            return ModelReader.read(source, ReadOptions.DEFAULT).graph().initializers();
        }
        try (WeightFile weights = WeightFile.open(source, Limits.DEFAULT)) {
            Map<String, HostTensor> all = ModelReader.read(source, ReadOptions.DEFAULT, weights)
                    .graph()
                    .initializers();
            all.values().forEach(tensor -> {
                tensor.data();
                assertFalse(tensor.isDeferred());
            });
            return all;
        }
    }

    private static void assertSameTensors(Map<String, HostTensor> expected, Map<String, HostTensor> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, tensor) -> {
            assertEquals(tensor.type(), actual.get(name).type(), name);
            assertEquals(tensor.data(), actual.get(name).data(), name);
        });
    }

    @Test
    void largeWeightsAreDeferred() throws IOException {
        Path file = write(model(weights()).build().toByteArray());
        try (WeightFile weights = WeightFile.open(ModelSource.of(file), Limits.DEFAULT)) {
            ModelSkeleton skeleton = weights.skeleton().orElseThrow();
            assertEquals(
                    List.of(1, 4),
                    skeleton.cuts().stream().map(ModelSkeleton.Cut::initializer).toList());
            assertTrue(skeleton.model().length < ModelSkeleton.LARGE + 1000, "left: " + skeleton.model().length);
        }
        assertSameTensors(read(file, false), read(file, true));
    }

    @Test
    void unusualFilesAreReadWhole() throws IOException {
        byte[] once = model(weights()).build().toByteArray();
        byte[] other = model(graph(node("Identity", "x", "y")).addInitializer(random("more", MANY)))
                .clearOpsetImport()
                .build()
                .toByteArray();
        byte[] graphTwice = Arrays.copyOf(once, once.length + other.length);
        System.arraycopy(other, 0, graphTwice, once.length, other.length);
        try (WeightFile weights = WeightFile.open(ModelSource.of(write(graphTwice)), Limits.DEFAULT)) {
            assertTrue(weights.skeleton().isEmpty());
        }
        Path noWeights = write(model(graph(node("Identity", "x", "y"))).build().toByteArray());
        assertSameTensors(read(noWeights, false), read(noWeights, true));
    }

    @Test
    void rawDataBesideOtherDataAreRefusedAsEver() throws IOException {
        for (TensorProto.Builder bad : new TensorProto.Builder[] {
            random("w", MANY).addFloatData(1),
            random("w", MANY).setDataLocation(1),
            random("w", MANY).clearDims().addDims(MANY + 1),
            random("w", MANY).setDataType(DType.STRING.code()),
            random("w", MANY).setDataType(0),
            random("w", MANY).setDataType(99)
        }) {
            assertSameComplaint(model(graph(node("Identity", "x", "y")).addInitializer(bad))
                    .build()
                    .toByteArray());
        }
    }

    @Test
    void whereverAFileEndsTheComplaintIsTheSame() throws IOException {
        byte[] whole = model(weights()).build().toByteArray();
        var random = new Random(1);
        for (int i = 0; i < 200; i++) {
            assertSameComplaint(Arrays.copyOf(whole, random.nextInt(whole.length)));
        }
    }

    @Test
    void whateverAByteBecomesTheAnswerIsTheSame() throws IOException {
        var small = new ByteArrayOutputStream();
        model(graph(node("Identity", "x", "y")).addInitializer(random("w", MANY)))
                .build()
                .writeTo(small);
        byte[] whole = small.toByteArray();
        var random = new Random(2);
        for (int i = 0; i < 600; i++) {
            byte[] bad = whole.clone();
            int at = random.nextInt(300); // the messages' heads lie at both ends
            bad[random.nextBoolean() ? at : whole.length - 1 - at] = (byte) random.nextInt(256);
            assertSameAnswer(bad);
        }
    }

    private void assertSameComplaint(byte[] model) throws IOException {
        Path file = write(model);
        ModelException whole = assertThrows(ModelException.class, () -> read(file, false));
        ModelException deferred = assertThrows(whole.getClass(), () -> read(file, true));
        assertEquals(whole.getMessage(), deferred.getMessage());
    }

    private void assertSameAnswer(byte[] model) throws IOException {
        Path file = write(model);
        try {
            Map<String, HostTensor> expected = read(file, false);
            assertSameTensors(expected, read(file, true));
        } catch (ModelException e) {
            assertSameComplaint(model);
        }
    }
}
