package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.onnx.ExternalDataException;
import io.sardonyx.onnx.InvalidTensorException;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights in other files, and all the ways in which a model may try to read what is not its own (row 7 of the contract). */
class ExternalDataTest {
    private static final float[] WEIGHTS = {1, 2, 3, 4};

    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void writeFiles() throws IOException {
        folder = Files.createDirectory(root.resolve("model"));
        ByteBuffer data = ByteBuffer.allocate(4 * WEIGHTS.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(WEIGHTS);
        Files.write(root.resolve("secret"), data.array());
        Files.write(folder.resolve("weights"), data.array());
        Files.write(Files.createDirectories(folder.resolve("a/b")).resolve("weights"), data.array());
    }

    /** A model whose float32[2] initializer has these external data entries. */
    private static ModelProto.Builder external(String... keysAndValues) {
        TensorProto.Builder tensor = tensor("w", DType.FLOAT32, 2).setDataLocation(1);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            tensor.addExternalData(
                    StringStringEntryProto.newBuilder().setKey(keysAndValues[i]).setValue(keysAndValues[i + 1]));
        }
        return model(graph(identity("x", "y")).addInitializer(tensor));
    }

    private double[] read(ReadOptions options, String... keysAndValues) throws IOException {
        Path file = Files.write(
                folder.resolve("m.onnx"), external(keysAndValues).build().toByteArray());
        return ModelReader.read(ModelSource.of(file), options)
                .graph()
                .initializers()
                .get("w")
                .toDoubles();
    }

    private void refused(String message, String... keysAndValues) {
        var e = assertThrows(ExternalDataException.class, () -> read(ReadOptions.DEFAULT, keysAndValues));
        assertTrue(e.detail().endsWith(message), () -> "expected: " + message + "\n     was: " + e.detail());
        assertEquals(folder.resolve("m.onnx").toString(), e.file());
    }

    private void refusedAt(String location, String message) {
        refused("tensor 'w' in '" + location + "': " + message, "location", location);
    }

    @Test
    void reads() throws IOException {
        assertArrayEquals(new double[] {1, 2}, read(ReadOptions.DEFAULT, "location", "weights"));
        assertArrayEquals(
                new double[] {2, 3}, read(ReadOptions.DEFAULT, "location", "weights", "offset", "4", "length", "8"));
        assertArrayEquals(new double[] {3, 4}, read(ReadOptions.DEFAULT, "location", "./a/./b/weights", "offset", "8"));
    }

    @Test
    void outside() throws IOException {
        refusedAt("../secret", "'..' leads outside the model's folder");
        refusedAt("a/../../secret", "'..' leads outside the model's folder");
        refusedAt("a/../weights", "'..' leads outside the model's folder");
        refusedAt("..", "'..' leads outside the model's folder");
        refusedAt(root.resolve("secret").toString(), "not a relative path with '/'");
        refusedAt("..\\secret", "not a relative path with '/'");
        refusedAt("C:/secret", "not a relative path with '/'");
        refusedAt("file:///etc/passwd", "an empty name in the path");
        refusedAt("a//b", "an empty name in the path");
        refusedAt("a/", "an empty name in the path");
        refusedAt("nul\0", "not a file name");
        refusedAt(".", "a folder, not a file");
        refusedAt("", "no location");
        refused("no location");
    }

    @Test
    void links() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), root.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("inside"), folder.resolve("weights"));
        Files.createSymbolicLink(folder.resolve("way"), folder.resolve("a"));
        Files.createLink(folder.resolve("hard"), root.resolve("secret"));
        refusedAt("link", "a symbolic link (read with 'trusted' if it is meant)");
        refusedAt("inside", "a symbolic link (read with 'trusted' if it is meant)");
        refusedAt("way/b/weights", "a symbolic link on the way");
        refusedAt("hard", "it has 2 hard links (read with 'trusted' if that is meant)");
        var trusted = new ReadOptions(Limits.DEFAULT, true);
        for (String location : new String[] {"link", "inside", "way/b/weights", "hard"}) {
            assertArrayEquals(new double[] {1, 2}, read(trusted, "location", location));
        }
        var e = assertThrows(ExternalDataException.class, () -> read(trusted, "location", "../secret"));
        assertEquals("tensor 'w' in '../secret': '..' leads outside the model's folder", e.detail());
    }

    /** The folder itself may be reached through a link: the user chose it, not the model. */
    @Test
    void linkToTheFolder() throws IOException {
        read(ReadOptions.DEFAULT, "location", "weights");
        Path link = Files.createSymbolicLink(root.resolve("link"), folder);
        assertEquals(
                2,
                ModelReader.read(ModelSource.of(link.resolve("m.onnx")), ReadOptions.DEFAULT)
                        .graph()
                        .initializers()
                        .get("w")
                        .size());
    }

    @Test
    void notFiles() throws Exception {
        refusedAt("a", "not a regular file");
        refusedAt("weights/x", "a file where a folder should be");
        refusedAt("missing", "there is no such file");
        refusedAt("missing/weights", "there is no such file");
        Path pipe = folder.resolve("pipe");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no mkfifo");
        assertEquals(
                0,
                new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor());
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> refusedAt("pipe", "not a regular file"));
    }

    @Test
    void devices() throws IOException {
        refusedAt("/dev/zero", "not a relative path with '/'");
        refusedAt("*/_ORT_MEM_ADDR_/*", "a memory address is no file");
    }

    @Test
    void ranges() throws IOException {
        String where = "tensor 'w' in 'weights': ";
        refused(where + "bytes 12 to 12 + 8 of a file of 16", "location", "weights", "offset", "12");
        refused(
                where + "bytes 9223372036854775807 to 9223372036854775807 + 8 of a file of 16",
                "location",
                "weights",
                "offset",
                "9223372036854775807");
        refused(where + "offset '-4' is not a number of bytes", "location", "weights", "offset", "-4");
        refused(where + "offset '4x' is not a number of bytes", "location", "weights", "offset", "4x");
        refused(
                where + "offset '9223372036854775808' is not a number of bytes",
                "location",
                "weights",
                "offset",
                "9223372036854775808");
        refused(where + "length '-8' is not a number of bytes", "location", "weights", "length", "-8");
        refused(where + "length 12, expected 8", "location", "weights", "length", "12");
        refused(
                where + "length 4611686018427387904, expected 8",
                "location",
                "weights",
                "length",
                "4611686018427387904");
    }

    @Test
    void keys() {
        refused("tensor 'w': unknown key 'prefix' of external data", "location", "weights", "prefix", "x");
        refused("tensor 'w': external data give 'location' twice", "location", "weights", "location", "../secret");
    }

    @Test
    void noFolder() {
        var e = assertThrows(ExternalDataException.class, () -> Onnx.read(external("location", "weights")));
        assertEquals("tensor 'w' in 'weights': the model was not read from a file, so it has no folder", e.detail());
    }

    @Test
    void dataInBothPlaces() throws IOException {
        ModelProto.Builder model = external("location", "weights");
        var graph = model.getGraph().toBuilder();
        graph.setInitializer(
                0, graph.getInitializer(0).toBuilder().addFloatData(1).addFloatData(2));
        Path file = Files.write(
                folder.resolve("m.onnx"), model.setGraph(graph).build().toByteArray());
        var e = assertThrows(
                InvalidTensorException.class, () -> ModelReader.read(ModelSource.of(file), ReadOptions.DEFAULT));
        assertEquals("tensor 'w': expected external data only, found float_data", e.detail());
    }

    /** The file's size is looked at, and the limit, before memory is taken. */
    @Test
    void hugeTensor() throws IOException {
        var tensor = tensor("w", DType.INT8, 1_900_000_000L)
                .setDataLocation(1)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("weights"));
        var model = model(graph(identity("x", "y")).addInitializer(tensor));
        Path file = Files.write(folder.resolve("m.onnx"), model.build().toByteArray());
        assertThrows(ExternalDataException.class, () -> ModelReader.read(ModelSource.of(file), ReadOptions.DEFAULT));
        var options = new ReadOptions(Limits.DEFAULT.memory(1 << 20), false);
        assertThrows(ModelLimitException.class, () -> ModelReader.read(ModelSource.of(file), options));
    }

    /** What was read is a copy: the file may change or go. */
    @Test
    void fileChangesAfterwards() throws IOException {
        Path file = Files.write(
                folder.resolve("m.onnx"),
                external("location", "weights").build().toByteArray());
        var tensor = ModelReader.read(ModelSource.of(file), ReadOptions.DEFAULT)
                .graph()
                .initializers()
                .get("w");
        Files.write(folder.resolve("weights"), new byte[0]);
        assertArrayEquals(new double[] {1, 2}, tensor.toDoubles());
    }
}
