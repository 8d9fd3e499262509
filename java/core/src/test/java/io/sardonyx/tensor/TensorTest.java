package io.sardonyx.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorTest {
    @Test
    void arithmeticBroadcasts() {
        try (var scope = TensorScope.open()) {
            Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            Tensor b = Tensor.of(new float[] {10, 20, 30}, 3);
            assertArrayEquals(new float[] {11, 22, 33, 14, 25, 36}, a.add(b).toFloatArray());
            assertArrayEquals(new float[] {2, 4, 6, 8, 10, 12}, a.mul(2).toFloatArray());
            assertArrayEquals(new float[] {6, 15}, a.sum(-1).toFloatArray());
            assertEquals(21, a.sum().item());
            assertArrayEquals(new long[] {2, 2}, a.argmax(1).toLongArray());
        }
    }

    @Test
    void viewsShareMemoryAndFollowNumPy() {
        try (var scope = TensorScope.open()) {
            Tensor x = Tensor.arange(DType.FLOAT32, 24).reshape(2, 3, 4).keep();
            assertArrayEquals(new float[] {4, 5, 6, 7}, x.get("0, 1").toFloatArray());
            assertArrayEquals(
                    new float[] {1, 13},
                    x.get(Index.ALL, Index.at(0), Index.at(1)).toFloatArray());
            assertArrayEquals(new float[] {3, 2, 1, 0}, x.get("0, 0, ::-1").toFloatArray());
            assertArrayEquals(new float[] {0, 2}, x.get("0, 0, :-1:2").toFloatArray());
            assertArrayEquals(new float[] {23, 11}, x.get("::-1, -1, -1").toFloatArray());
            assertEquals(Shape.of(2, 1, 3, 4), x.get("..., None, :, :").shape());
            assertEquals(Shape.of(0, 3, 4), x.get("5:").shape());
            assertArrayEquals(
                    new float[] {0, 4, 8, 1, 5, 9},
                    x.get("0").transpose().get(":2").toFloatArray());
            assertArrayEquals(
                    new float[] {1, 1, 2, 2},
                    Tensor.of(new float[] {1, 2}, 2, 1).broadcastTo(2, 2).toFloatArray());
            x.close();
        }
    }

    @Test
    void indicesOutsideAreRefused() {
        try (Tensor x = Tensor.zeros(DType.FLOAT32, 2, 3)) {
            assertMessage("position 2 is outside axis 0", () -> x.get("2"));
            assertMessage("cannot read 'a'", () -> x.get("a"));
            assertMessage("does not fit", () -> x.get("0, 0, 0"));
            assertMessage("a step other than 0", () -> x.get("::0"));
        }
    }

    @Test
    void scopesOwnWhatIsNotKept() {
        Tensor kept;
        Tensor lost;
        try (var scope = TensorScope.open()) {
            Tensor a = Tensor.of(new float[] {1}, 1);
            kept = a.add(1).keep();
            lost = a.add(2);
        }
        assertEquals(2, kept.item());
        assertThrows(IllegalStateException.class, () -> lost.add(1));
        kept.close();
        kept.close();
        assertThrows(IllegalStateException.class, kept::item);
    }

    @Test
    void aViewEndsWithItsTensor() {
        Tensor x = Tensor.zeros(DType.FLOAT32, 4);
        Tensor view = x.get("1:");
        x.close();
        assertThrows(IllegalStateException.class, view::toFloatArray);
    }

    @Test
    void scopesCloseInOrder() {
        var outer = TensorScope.open();
        var inner = TensorScope.open();
        assertThrows(IllegalStateException.class, outer::close);
        inner.close();
        outer.close();
        outer.close();
    }

    @Test
    void printsLikeNumPy() {
        try (Tensor x = Tensor.of(new float[] {1, -2.5f, Float.NaN, 4}, 2, 2)) {
            assertEquals(
                    "Tensor float32[2, 2] " + x.device().name() + "\n[[ 1.0000, -2.5000],\n [    nan,  4.0000]]",
                    x.toString());
        }
        try (Tensor x = Tensor.arange(DType.INT64, 2000)) {
            assertTrue(x.toString().endsWith("[   0,    1,    2, ..., 1997, 1998, 1999]"), x.toString());
        }
        Tensor closed = Tensor.zeros(DType.FLOAT32, 1);
        closed.close();
        assertEquals("Tensor float32[1] (closed)", closed.toString());
    }

    @Test
    void mistakesNameTheValues() {
        try (Tensor a = Tensor.zeros(DType.FLOAT32, 2, 3);
                Tensor b = Tensor.zeros(DType.FLOAT32, 4, 5);
                Tensor c = Tensor.zeros(DType.INT64, 2, 3)) {
            assertMessage("[2, 3]", () -> a.matmul(b));
            assertMessage("[4, 5]", () -> a.add(b));
            assertMessage("int64", () -> a.add(c));
            assertMessage("does not fit [7]", () -> a.reshape(7));
        }
    }

    @Test
    void wrappedBuffersAreShared() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
        try (Tensor x = Tensor.wrap(buffer, DType.FLOAT32, 2)) {
            buffer.putFloat(4, 7);
            assertArrayEquals(new float[] {0, 7}, x.toFloatArray());
            assertMessage("takes 12 bytes", () -> Tensor.wrap(buffer, DType.FLOAT32, 3));
        }
    }

    @Test
    void stringsAreTensorsToo() {
        try (Tensor a = Tensor.of(new String[] {"x", "y"}, 2);
                Tensor b = Tensor.of(new String[] {"x", "z"}, 2);
                Tensor equal = a.equal(b)) {
            assertArrayEquals(new long[] {1, 0}, equal.toLongArray());
        }
    }

    @Test
    void numPyFilesComeBackAsTheyWere(@TempDir Path folder) throws IOException {
        HostTensor x = HostTensor.of(DType.FLOAT16, Shape.of(2, 3), 1, 2, 3, -4, 5.5, Double.POSITIVE_INFINITY);
        Path file = folder.resolve("x.npy");
        Npy.write(file, x);
        assertEquals(0, (Files.size(file) - 12) % 64);
        assertArrayEquals(x.toDoubles(), Npy.read(file).toDoubles());
        Path archive = folder.resolve("x.npz");
        Npy.writeAll(archive, Map.of("a", x, "b", HostTensor.of(Shape.SCALAR, 7L)));
        assertEquals(7, Npy.readAll(archive).get("b").getLong(0));
        Files.write(file, new byte[] {1, 2, 3});
        assertMessage("not a NumPy file", () -> read(file));
    }

    private static void read(Path file) {
        try {
            Npy.read(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertMessage(String part, Runnable action) {
        String message =
                assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
