package io.sardonyx.bench.compare;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of another build: its jars stand before ours, except the benchmarks', so that both builds are measured by the same
 * code.
 */
public final class ClassPath {
    private static final String BENCHMARKS = "sardonyx-bench";

    private ClassPath() {}

    /** This process's. */
    public static String ours() {
        return System.getProperty("java.class.path");
    }

    /**
     * Of a jar, or of all jars in a folder such as {@code java/cli/target/lib} of another checkout.
     *
     * @throws IllegalArgumentException if there is no jar of Sardonyx's there
     */
    public static String of(Path base) {
        List<Path> jars = jars(base);
        if (jars.stream().noneMatch(jar -> jar.getFileName().toString().startsWith("sardonyx"))) {
            throw new IllegalArgumentException(base
                    + " is no jar of Sardonyx and no folder of them, such as java/cli/target/lib of another checkout");
        }
        return Stream.concat(jars.stream().map(Path::toString), Stream.of(ours()))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<Path> jars(Path base) {
        if (!Files.isDirectory(base)) {
            return Stream.of(base).filter(Files::isRegularFile).toList();
        }
        try (Stream<Path> files = Files.list(base)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".jar"))
                    .filter(file -> !file.getFileName().toString().startsWith(BENCHMARKS))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
