package io.sardonyx.binding;

import static io.sardonyx.binding.UserJvm.FOUND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the libraries are found by users' JVMs. */
class LoadingTest {
    @TempDir
    Path folder;

    private UserJvm jvm;

    @BeforeEach
    void pack() throws Exception {
        Natives.cpu();
        jvm = new UserJvm(folder);
    }

    @Test
    void unpacksIntoTheUsersCache() throws Exception {
        assertEquals(FOUND, jvm.run());
        assertEquals(2, jvm.cached().size(), () -> "two libraries in " + jvm.cache());
        assertEquals(FOUND, jvm.run());
    }

    @Test
    void unpacksWhereItIsTold() throws Exception {
        assertEquals(FOUND, jvm.run("-Dsardonyx.cache=" + folder.resolve("mine")));
        assertTrue(Files.isDirectory(folder.resolve("mine")));
    }

    @Test
    void withoutNativesTheReferenceRemainsWithTheReason() throws Exception {
        List<String> lines = new UserJvm(folder, path -> !path.endsWith(".so")).run();
        assertEquals("[reference]", lines.get(0));
        assertTrue(lines.get(1).contains("no native library for " + NativeFiles.platform()), lines::toString);
    }

    @Test
    void aLibraryThatDoesNotLoadIsAReason() throws Exception {
        Path natives = Files.createDirectories(folder.resolve("natives"));
        Files.write(natives.resolve("libjniSardonyx.so"), new byte[] {1, 2, 3});
        List<String> lines = jvm.run("-Dsardonyx.natives=" + natives);
        assertEquals("[reference]", lines.get(0));
        assertTrue(lines.get(1).contains("libjniSardonyx.so"), lines::toString);
    }

    @Test
    void theJniCodeIsCorrect() throws Exception {
        UserJvm.Started checked = jvm.start(List.of(), "-Xcheck:jni");
        assertEquals(FOUND, checked.lines());
        assertFalse(checked.errorText().contains("WARNING in native"), checked::errorText);
    }
}
