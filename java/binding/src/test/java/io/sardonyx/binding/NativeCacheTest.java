package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {
    private static final byte[] CONTENT = {1, 2, 3};
    private static final List<PackedFile> FILES = List.of(packed("a.so", CONTENT), packed("b.so", new byte[] {4}));

    private static PackedFile packed(String name, byte[] content) {
        try {
            return PackedFile.of(name, () -> new ByteArrayInputStream(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TempDir
    Path temporary;

    @Test
    void unpacksOnceIntoAPrivateFolder() throws IOException {
        NativeCache cache = new NativeCache(temporary.resolve("cache"), false);
        Path folder = cache.unpack(FILES);
        assertArrayEquals(CONTENT, Files.readAllBytes(folder.resolve("a.so")));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        var written = Files.getLastModifiedTime(folder.resolve("a.so"));
        assertEquals(folder, cache.unpack(FILES));
        assertEquals(written, Files.getLastModifiedTime(folder.resolve("a.so")));
        try (var files = Files.list(folder)) {
            assertEquals(2, files.count(), "no partial file is left");
        }
    }

    @Test
    void repairsAFileThatIsNotRight() throws IOException {
        NativeCache cache = new NativeCache(temporary, false);
        Path folder = cache.unpack(FILES);
        Files.write(folder.resolve("a.so"), new byte[] {1, 2, 9});
        cache.unpack(FILES);
        assertArrayEquals(CONTENT, Files.readAllBytes(folder.resolve("a.so")));
    }

    @Test
    void otherContentLiesElsewhere() throws IOException {
        NativeCache cache = new NativeCache(temporary, false);
        assertNotEquals(cache.unpack(FILES), cache.unpack(List.of(FILES.get(0), packed("b.so", new byte[] {5}))));
    }

    @Test
    void aFolderThatOthersMayWriteIsRefused() throws IOException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        NativeCache cache = new NativeCache(temporary, false);
        var refused = assertThrows(IOException.class, () -> cache.unpack(FILES));
        assertTrue(refused.getMessage().contains("others may write"), refused.getMessage());
    }

    @Test
    void aFileInTheWayIsAReason() throws IOException {
        Path file = Files.write(temporary.resolve("file"), new byte[1]);
        assertThrows(IOException.class, () -> new NativeCache(file, false).unpack(FILES));
        assertThrows(IOException.class, () -> new NativeCache(file.resolve("below"), false).unpack(FILES));
    }

    @Test
    void theTemporaryFolderIsNewEachTime() throws IOException {
        NativeCache cache = new NativeCache(temporary, true);
        assertNotEquals(cache.unpack(FILES), cache.unpack(FILES));
    }

    @Test
    void whatAJarSaysOfItsEntryIsItsContent() throws IOException {
        Path jar = temporary.resolve("a.jar");
        try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("a.so"));
            out.write(CONTENT);
        }
        PackedFile entry = PackedFile.of("a.so", new URL("jar:" + jar.toUri() + "!/a.so"));
        assertEquals(FILES.get(0).checksum(), entry.checksum());
        assertEquals(CONTENT.length, entry.size());
        assertArrayEquals(CONTENT, entry.source().open().readAllBytes());
    }

    @Test
    void contentThatIsNotWhatWasPromisedIsNotKept() throws IOException {
        NativeCache cache = new NativeCache(temporary.resolve("cache"), false);
        var damaged = new PackedFile("a.so", 3, 1, () -> new ByteArrayInputStream(CONTENT));
        var refused = assertThrows(IOException.class, () -> cache.unpack(List.of(damaged)));
        assertTrue(refused.getMessage().contains("damaged"), refused.getMessage());
        try (var files = Files.walk(temporary)) {
            assertEquals(0, files.filter(Files::isRegularFile).count());
        }
    }
}
