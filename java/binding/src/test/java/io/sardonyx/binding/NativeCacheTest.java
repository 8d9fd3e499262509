package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {
    private static final List<String> NAMES = List.of("a.so", "b.so");
    private static final List<byte[]> CONTENTS = List.of(new byte[] {1, 2, 3}, new byte[] {4});

    @TempDir
    Path temporary;

    @Test
    void unpacksOnceIntoAPrivateFolder() throws IOException {
        NativeCache cache = new NativeCache(temporary.resolve("cache"), false);
        Path folder = cache.unpack(NAMES, CONTENTS);
        assertArrayEquals(CONTENTS.get(0), Files.readAllBytes(folder.resolve("a.so")));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
        var written = Files.getLastModifiedTime(folder.resolve("a.so"));
        assertEquals(folder, cache.unpack(NAMES, CONTENTS));
        assertEquals(written, Files.getLastModifiedTime(folder.resolve("a.so")));
        try (var files = Files.list(folder)) {
            assertEquals(2, files.count(), "no partial file is left");
        }
    }

    @Test
    void repairsAFileThatIsNotRight() throws IOException {
        NativeCache cache = new NativeCache(temporary, false);
        Path folder = cache.unpack(NAMES, CONTENTS);
        Files.write(folder.resolve("a.so"), new byte[] {1, 2, 9});
        cache.unpack(NAMES, CONTENTS);
        assertArrayEquals(CONTENTS.get(0), Files.readAllBytes(folder.resolve("a.so")));
    }

    @Test
    void otherContentLiesElsewhere() throws IOException {
        NativeCache cache = new NativeCache(temporary, false);
        assertNotEquals(
                cache.unpack(NAMES, CONTENTS), cache.unpack(NAMES, List.of(new byte[] {1, 2, 3}, new byte[] {5})));
    }

    @Test
    void aFolderThatOthersMayWriteIsRefused() throws IOException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        NativeCache cache = new NativeCache(temporary, false);
        var refused = assertThrows(IOException.class, () -> cache.unpack(NAMES, CONTENTS));
        assertTrue(refused.getMessage().contains("others may write"), refused.getMessage());
    }

    @Test
    void aFileInTheWayIsAReason() throws IOException {
        Path file = Files.write(temporary.resolve("file"), new byte[1]);
        assertThrows(IOException.class, () -> new NativeCache(file, false).unpack(NAMES, CONTENTS));
        assertThrows(IOException.class, () -> new NativeCache(file.resolve("below"), false).unpack(NAMES, CONTENTS));
    }

    @Test
    void theTemporaryFolderIsNewEachTime() throws IOException {
        NativeCache cache = new NativeCache(temporary, true);
        assertNotEquals(cache.unpack(NAMES, CONTENTS), cache.unpack(NAMES, CONTENTS));
    }
}
