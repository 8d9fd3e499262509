package io.sardonyx.collective.gloo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.binding.NativeFiles;
import io.sardonyx.collective.TransportException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where Gloo or what binds it is not there, the error says what to install. */
class GlooMissingTest {
    private static final String LIBRARIES = "io/sardonyx/collective/gloo/";

    /** Prints what loading says. */
    public static void main(String[] arguments) {
        try {
            GlooLibrary.require();
            System.out.println("loaded");
        } catch (TransportException e) {
            System.out.println(e.getMessage());
        }
    }

    @Test
    void builtWithoutGloo(@TempDir Path folder) throws Exception {
        String said = loadingSays(folder, false);
        assertTrue(said.startsWith("gloo: no native library for "), said);
        assertTrue(said.contains("apt-get install libgloo0, and libgloo-dev"), said);
    }

    /** As where libgloo.so.0 is missing: the libraries that lie there do not load. */
    @Test
    void withoutTheSystemsLibrary(@TempDir Path folder) throws Exception {
        String said = loadingSays(folder, true);
        assertTrue(said.contains("libjniSardonyxGloo.so: "), said);
        assertTrue(said.contains("apt-get install libgloo0"), said);
    }

    /** In a JVM with this module's classes, but without their libraries or with damaged ones. */
    private static String loadingSays(Path folder, boolean damaged) throws Exception {
        Path classes = Path.of(GlooLibrary.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        copyClasses(classes, folder);
        if (damaged) {
            Path libraries = Files.createDirectories(folder.resolve(LIBRARIES).resolve(NativeFiles.platform()));
            for (String name : new String[] {"libsardonyx_gloo.so", "libjniSardonyxGloo.so"}) {
                Files.write(libraries.resolve(name), new byte[] {1, 2, 3});
            }
        }
        String path = Ranks.classPath().replace(classes + File.pathSeparator, folder + File.pathSeparator);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        path,
                        GlooMissingTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = String.join("\n", process.inputReader().lines().toList());
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    private static void copyClasses(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }
}
