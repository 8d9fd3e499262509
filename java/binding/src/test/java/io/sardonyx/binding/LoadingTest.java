package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Devices;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the libraries are found, in JVMs of their own that have them in a jar, as users do. */
class LoadingTest {
    @TempDir
    Path folder;

    private Path jar;

    @BeforeEach
    void pack() throws Exception {
        Natives.cpu();
        jar = pack(folder.resolve("binding.jar"), path -> !path.contains("libsardonyx_"));
    }

    /** What {@link #main} prints in a JVM with these options. */
    private List<String> run(Path binding, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Duser.home=" + folder.resolve("home"),
                "-Djava.io.tmpdir=" + folder));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp",
                String.join(
                        ":",
                        binding.toString(),
                        home(Devices.class).toString(),
                        home(Pointer.class).toString(),
                        home(LoadingTest.class).toString()),
                LoadingTest.class.getName()));
        Path out = Files.createTempFile(folder, "out", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("XDG_CACHE_HOME");
        Process process = builder.redirectOutput(out.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        assertEquals(0, process.waitFor(), () -> read(folder.resolve("errors")));
        return Files.readAllLines(out);
    }

    /** Prints the devices, and a line for each problem. */
    public static void main(String[] arguments) {
        System.out.println(Devices.all());
        Devices.problems().forEach(System.out::println);
    }

    @Test
    void unpacksIntoTheUsersCache() throws Exception {
        assertEquals(List.of("[reference, cpu]"), run(jar));
        try (Stream<Path> files = Files.walk(folder.resolve("home/.cache/sardonyx"))) {
            assertEquals(2, files.filter(f -> f.toString().endsWith(".so")).count());
        }
        assertEquals(List.of("[reference, cpu]"), run(jar));
    }

    @Test
    void unpacksWhereItIsTold() throws Exception {
        assertEquals(List.of("[reference, cpu]"), run(jar, "-Dsardonyx.cache=" + folder.resolve("mine")));
        assertTrue(Files.isDirectory(folder.resolve("mine")));
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamedAndDoneWithout() throws Exception {
        List<String> lines = run(jar, "-Dsardonyx.cache=/proc/sardonyx");
        assertEquals("[reference, cpu]", lines.get(0));
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.get(1).contains("/proc/sardonyx"), lines::toString);
    }

    @Test
    void aTornFileIsReplaced() throws Exception {
        run(jar);
        try (Stream<Path> files = Files.walk(folder.resolve("home/.cache/sardonyx"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".so")).toList()) {
                Files.write(file, new byte[100]);
            }
        }
        assertEquals(List.of("[reference, cpu]"), run(jar));
    }

    @Test
    void withoutNativesTheReferenceRemainsWithTheReason() throws Exception {
        Path plain = pack(folder.resolve("plain.jar"), path -> !path.endsWith(".so"));
        List<String> lines = run(plain);
        assertEquals("[reference]", lines.get(0));
        assertTrue(lines.get(1).contains("no native library for " + NativeLibrary.platform()), lines::toString);
    }

    @Test
    void aLibraryThatDoesNotLoadIsAReason() throws Exception {
        Path natives = Files.createDirectories(folder.resolve("natives"));
        Files.write(natives.resolve("libjniSardonyx.so"), new byte[] {1, 2, 3});
        List<String> lines = run(jar, "-Dsardonyx.natives=" + natives);
        assertEquals("[reference]", lines.get(0));
        assertTrue(lines.get(1).contains("libjniSardonyx.so"), lines::toString);
    }

    @Test
    void theJniCodeIsCorrect() throws Exception {
        assertEquals(List.of("[reference, cpu]"), run(jar, "-Xcheck:jni"));
        assertTrue(!read(folder.resolve("errors")).contains("WARNING in native"), () -> read(folder.resolve("errors")));
    }

    private static Path pack(Path jar, java.util.function.Predicate<String> included) throws Exception {
        Path classes = home(NativeDevice.class);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = classes.relativize(file).toString();
                if (included.test(name)) {
                    out.putNextEntry(new JarEntry(name));
                    Files.copy(file, out);
                }
            }
        }
        return jar;
    }

    /** The folder or jar that a class comes from. */
    private static Path home(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
