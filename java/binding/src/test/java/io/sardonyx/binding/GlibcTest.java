package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** That the libraries load on an older Linux than the one that built them: what they ask glibc for is in their symbol versions. */
class GlibcTest {
    private static final Pattern VERSION = Pattern.compile("GLIBC_2\\.(\\d+)");
    private static final int NEWEST = 29;
    private static final int NEWEST_OF_CUDA = 34; // NVIDIA's runtime is inside

    @Test
    void librariesAskForAnOldGlibc() throws IOException {
        Path folder = Path.of(System.getProperty("sardonyx.root"), "java/binding/target/classes/io/sardonyx/binding")
                .resolve(NativeFiles.platform());
        Assumptions.assumeTrue(Files.isDirectory(folder), "the natives were left out of the build");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> libraries =
                    files.filter(f -> f.toString().endsWith(".so")).toList();
            assertTrue(libraries.size() >= 2, libraries::toString);
            for (Path library : libraries) {
                int newest = library.endsWith("libsardonyx_cuda.so") ? NEWEST_OF_CUDA : NEWEST;
                assertEquals(
                        List.of(), versions(library).filter(v -> v > newest).toList(), library + " needs glibc 2.x");
            }
        }
    }

    /** Names of versions stand in the library as text. */
    private static Stream<Integer> versions(Path library) throws IOException {
        String text = Files.readString(library, StandardCharsets.ISO_8859_1);
        List<Integer> versions = VERSION.matcher(text)
                .results()
                .map((MatchResult version) -> Integer.parseInt(version.group(1)))
                .distinct()
                .toList();
        assertTrue(!versions.isEmpty(), library + " asks nothing of glibc");
        return versions.stream();
    }
}
