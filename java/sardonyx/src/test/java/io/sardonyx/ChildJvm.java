package io.sardonyx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM with this one's class path, for what must not happen in the one that tests. */
final class ChildJvm {
    private final List<String> command = new ArrayList<>();
    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();

    /** What became of it; a child that was killed has status 137. */
    record Result(int status, List<String> lines) {
        @Override
        public String toString() {
            return "status " + status + "\n" + String.join("\n", lines);
        }
    }

    /** @param folder the child's current directory, where its output is kept too */
    ChildJvm(Path folder, String... options) {
        this.folder = folder;
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-CreateCoredumpOnCrash"));
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        if (System.getProperty("sardonyx.natives") != null) {
            command.add("-Dsardonyx.natives=" + System.getProperty("sardonyx.natives"));
        }
        command.addAll(List.of(options));
    }

    ChildJvm environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Runs {@code main} of a class to its end, or kills it after so many seconds. */
    Result run(int seconds, String classPath, String mainClass, String... arguments)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("-cp", classPath, mainClass));
        all.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "child-", ".out");
        ProcessBuilder builder = new ProcessBuilder(all);
        builder.environment().putAll(environment);
        Process child = builder.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!child.waitFor(seconds, TimeUnit.SECONDS)) {
            child.destroyForcibly().waitFor();
        }
        return new Result(child.exitValue(), Files.readAllLines(output));
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
