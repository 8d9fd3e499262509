package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.device.Devices;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/** JVMs of their own that have the libraries in a jar, as users do. Each prints the devices, and a line for each problem. */
final class UserJvm {
    static final List<String> FOUND = List.of("[reference, cpu]");

    private final Path folder;
    private final Path jar;

    /** @param folder their home and their temporary folder */
    UserJvm(Path folder, Predicate<String> packed) throws Exception {
        this.folder = folder;
        this.jar = pack(Files.createTempFile(folder, "binding", ".jar"), packed);
    }

    /** With the libraries that every user has; those of GPUs lie in jars of their own. */
    UserJvm(Path folder) throws Exception {
        this(folder, path -> !path.contains("libsardonyx_"));
    }

    /** A JVM that was started. */
    record Started(Process process, Path out, Path errors) {
        /** What it prints, once it has ended well. */
        List<String> lines() throws Exception {
            assertEquals(0, process.waitFor(), () -> read(errors) + read(out));
            return Files.readAllLines(out);
        }

        String errorText() {
            return read(errors);
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                return e.toString();
            }
        }
    }

    /** What main prints. */
    public static void main(String[] arguments) {
        System.out.println(Devices.all());
        Devices.problems().forEach(System.out::println);
    }

    /** The libraries that lie in the user's cache, or what else has been left there. */
    List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.walk(cache())) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    Path cache() {
        return folder.resolve("home/.cache/sardonyx");
    }

    List<String> run(String... options) throws Exception {
        return start(List.of(), options).lines();
    }

    /** @param prefix a command that runs the JVM's, which follows */
    Started start(List<String> prefix, String... options) throws Exception {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Duser.home=" + folder.resolve("home"),
                "-Djava.io.tmpdir=" + folder));
        command.addAll(List.of(options));
        String classPath = String.join(
                ":",
                jar.toString(),
                home(Devices.class).toString(),
                home(Pointer.class).toString(),
                home(UserJvm.class).toString());
        command.addAll(List.of("-cp", classPath, UserJvm.class.getName()));
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("XDG_CACHE_HOME");
        return new Started(
                builder.redirectOutput(out.toFile())
                        .redirectError(errors.toFile())
                        .start(),
                out,
                errors);
    }

    private static Path pack(Path jar, Predicate<String> included) throws Exception {
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
}
