package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedOutputStream;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelException;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.tensor.DType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that are no model, and models that nest too deep (rows 1 and 2 of the contract). */
class ModelFormatTest {
    @TempDir
    Path folder;

    private static ModelDocument read(byte[] bytes) {
        return ModelReader.read(ModelSource.of(bytes), ReadOptions.DEFAULT);
    }

    @Test
    void everySourceGivesTheSameModel() throws IOException {
        byte[] bytes = model(graph(identity("x", "y"))).build().toByteArray();
        Path file = Files.write(folder.resolve("m.onnx"), bytes);
        ByteBuffer inside = ByteBuffer.allocate(bytes.length + 8)
                .position(4)
                .put(bytes)
                .flip()
                .position(4);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        for (ModelSource source : new ModelSource[] {
            ModelSource.of(file),
            ModelSource.of(bytes),
            ModelSource.of(ByteBuffer.wrap(bytes)),
            ModelSource.of(inside),
            ModelSource.of(direct),
            ModelSource.of(new ByteArrayInputStream(bytes))
        }) {
            assertEquals(
                    1, ModelReader.read(source, ReadOptions.DEFAULT).graph().size(), source.name());
        }
        assertEquals(4, inside.position());
    }

    @Test
    void emptyFile() {
        var e = assertThrows(ModelFormatException.class, () -> read(new byte[0]));
        assertEquals("model in memory: byte 0: the file is empty", e.getMessage());
    }

    @Test
    void noGraph() {
        byte[] bytes = ModelProto.newBuilder().setIrVersion(8).build().toByteArray();
        var e = assertThrows(ModelFormatException.class, () -> read(bytes));
        assertEquals("not an ONNX model: it has no graph", e.detail().replaceFirst("byte 2: ", ""));
    }

    @Test
    void everyTruncationIsRefusedWithItsPlace() {
        byte[] bytes = model(graph(identity("x", "y"))).build().toByteArray();
        for (int length = 1; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            ModelException e = null;
            try {
                read(part);
            } catch (ModelException refused) { // a cut between two fields leaves a model that lacks something
                e = refused;
            }
            if (e instanceof ModelFormatException format) {
                assertTrue(format.offset() <= length, format.getMessage());
            }
        }
    }

    @Test
    void offsetOfAMistake() {
        byte[] bytes = {8, 10, 18, 100, 'a', 'b'}; // a version, then a name of 100 bytes, of which 2 are there
        var e = assertThrows(ModelFormatException.class, () -> read(bytes));
        assertEquals(4, e.offset());
        assertTrue(
                e.getMessage().startsWith("model in memory: byte 4: truncated or not an ONNX file: "), e.getMessage());
    }

    @Test
    void randomBytes() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            assertThrows(ModelException.class, () -> read(bytes));
        }
    }

    /** Whatever one byte becomes, the result is a model or a typed error. */
    @Test
    void everyByteChanged() {
        byte[] bytes = model(graph(node("Concat", "x w", "y", attribute("axis", 0)))
                        .addInitializer(Onnx.raw("w", DType.FLOAT32, 8, 2)))
                .build()
                .toByteArray();
        for (int at = 0; at < bytes.length; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = bytes.clone();
                changed[at] = (byte) value;
                try {
                    read(changed);
                } catch (ModelException expected) {
                    assertTrue(expected.getMessage().startsWith("model in memory: "), expected.getMessage());
                }
            }
        }
    }

    @Test
    void notAFile() {
        var e = assertThrows(
                ModelFormatException.class, () -> ModelReader.read(ModelSource.of(folder), ReadOptions.DEFAULT));
        assertEquals("byte 0: not a regular file", e.detail());
    }

    @Test
    void tooLargeAFile() throws IOException {
        byte[] bytes = model(graph(identity("x", "y"))).build().toByteArray();
        var options = new ReadOptions(Limits.DEFAULT.fileBytes(10), false);
        Path file = Files.write(folder.resolve("m.onnx"), bytes);
        for (ModelSource source : new ModelSource[] {
            ModelSource.of(file), ModelSource.of(bytes), ModelSource.of(new ByteArrayInputStream(bytes))
        }) {
            var e = assertThrows(ModelLimitException.class, () -> ModelReader.read(source, options));
            assertEquals(Limits.Kind.FILE_BYTES, e.limit());
            assertEquals(10, e.allowed());
        }
    }

    /** {@code depth} Ifs, each inside a branch of the one before. */
    private static ModelProto.Builder nestedIfs(int depth) {
        GraphProto.Builder inner = body(identity("x", "y" + depth)).addOutput(value("y" + depth));
        for (int i = depth - 1; i >= 0; i--) {
            GraphProto.Builder shallow = body(identity("x", "z" + i)).addOutput(value("z" + i));
            inner = body(node("If", "c", "y" + i, attribute("then_branch", inner), attribute("else_branch", shallow)))
                    .addOutput(value("y" + i));
        }
        return model(inner.clearOutput()
                .addInput(value("x"))
                .addInput(value("c", DType.BOOL.code()))
                .addOutput(Onnx.value("y0")));
    }

    @Test
    void subgraphsNestUpToTheLimit() {
        assertEquals(1, Onnx.read(nestedIfs(5)).graph().size());
        assertEquals(1, Onnx.read(nestedIfs(64)).graph().size());
        for (int depth : new int[] {65, 90}) {
            var e = Onnx.refused(ModelLimitException.class, nestedIfs(depth));
            assertEquals(Limits.Kind.DEPTH, e.limit());
            assertEquals(64, e.allowed());
        }
        assertEquals(
                1, Onnx.read(nestedIfs(70), Limits.DEFAULT.depth(80)).graph().size());
    }

    @Test
    void typesNestUpToTheLimit() {
        for (int depth : new int[] {10, 64, 65, 100}) {
            TypeProto type = value("v").getType();
            for (int i = 0; i < depth; i++) {
                type = TypeProto.newBuilder()
                        .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(type))
                        .build();
            }
            var model = model(graph(identity("x", "y"))
                    .addInput(value("s").toBuilder().setType(type).build()));
            if (depth <= 64) {
                Onnx.read(model);
            } else {
                assertEquals(
                        Limits.Kind.DEPTH,
                        Onnx.refused(ModelLimitException.class, model).limit());
            }
        }
    }

    /** Messages of these fields, each in the next, again and again; no builder writes what nests so deep. */
    private static byte[] nested(int times, int... fields) throws IOException {
        byte[] message = new byte[0];
        for (int i = 0; i < times * fields.length; i++) {
            message = field(fields[fields.length - 1 - i % fields.length], message);
        }
        return message;
    }

    @Test
    void thousandsOfLevels() throws IOException {
        byte[] graphs = nested(3000, 1, 5, 6); // node, attribute, graph
        byte[] types = nested(3000, 4, 1); // sequence, element
        for (byte[] model : new byte[][] {field(7, graphs), field(7, field(11, field(2, types)))}) {
            var e = assertThrows(ModelLimitException.class, () -> read(model));
            assertEquals(Limits.Kind.DEPTH, e.limit());
        }
    }

    private static byte[] field(int number, byte[] message) throws IOException {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(number, message);
        out.flush();
        return bytes.toByteArray();
    }

    /** Unknown fields may be groups, which nest without a length: a file of 1s and 0s, as it were. */
    @Test
    void groupBomb() throws IOException {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        for (int i = 0; i < 1_000_000; i++) {
            out.writeTag(99, 3);
        }
        out.flush();
        var e = assertThrows(ModelLimitException.class, () -> read(bytes.toByteArray()));
        assertEquals(Limits.Kind.DEPTH, e.limit());
    }
}
