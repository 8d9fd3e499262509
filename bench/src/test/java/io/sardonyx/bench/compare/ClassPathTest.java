package io.sardonyx.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClassPathTest {
    @TempDir
    private Path folder;

    @Test
    void anotherBuildStandsBeforeOursButNotItsBenchmarks() throws IOException {
        for (String name : new String[] {"sardonyx-core-1.jar", "gson.jar", "sardonyx-bench-1.jar", "notes.txt"}) {
            Files.createFile(folder.resolve(name));
        }
        String separator = File.pathSeparator;
        String expected = folder.resolve("gson.jar")
                + separator
                + folder.resolve("sardonyx-core-1.jar")
                + separator
                + ClassPath.ours();
        assertEquals(expected, ClassPath.of(folder));
        Path jar = folder.resolve("sardonyx-core-1.jar");
        assertEquals(jar + separator + ClassPath.ours(), ClassPath.of(jar));
    }

    @Test
    void whatIsNoBuildIsRefused() throws IOException {
        Files.createFile(folder.resolve("gson.jar"));
        for (Path base : new Path[] {folder, folder.resolve("gson.jar"), folder.resolve("missing")}) {
            String message = assertThrows(IllegalArgumentException.class, () -> ClassPath.of(base))
                    .getMessage();
            assertTrue(message.startsWith(base.toString()), message);
        }
    }
}
