package io.sardonyx.onnx.read;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.tensor.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A weight is read from its file, also when that was closed; but not from another file in its place. */
class WeightFileTest {
    @TempDir
    Path folder;

    private Path file;
    private HostTensor.Source source;

    @BeforeEach
    void openAndClose() throws IOException {
        file = Files.write(folder.resolve("model.onnx"), new byte[] {0, 1, 2, 3, 4});
        try (WeightFile weights = WeightFile.open(ModelSource.of(file), Limits.DEFAULT)) {
            source = weights.at(1);
            assertArrayEquals(new byte[] {1, 2, 3}, read());
        }
    }

    private byte[] read() {
        ByteBuffer to = ByteBuffer.allocate(3);
        source.read(to);
        return to.array();
    }

    @Test
    void aClosedFileIsReadAgain() {
        assertArrayEquals(new byte[] {1, 2, 3}, read());
    }

    @Test
    void aFileThatChangedIsRefused() throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
        var refused = assertThrows(ModelFormatException.class, this::read);
        assertTrue(refused.getMessage().contains("has changed"), refused.getMessage());
    }

    @Test
    void aFileThatIsGoneIsSaidSo() throws IOException {
        Files.delete(file);
        var refused = assertThrows(UncheckedIOException.class, this::read);
        assertTrue(refused.getMessage().contains("needed again"), refused.getMessage());
    }
}
