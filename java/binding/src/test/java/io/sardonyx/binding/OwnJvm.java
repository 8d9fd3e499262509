package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** JVMs of their own with this one's class path: for another simulator, another environment, or a device that is lost there. */
final class OwnJvm {
    private OwnJvm() {}

    /** What was printed. */
    record Printed(List<String> out, List<String> errors) {}

    /** Runs {@code main} of a class to its end, which must be a good one. */
    static Printed run(
            Path folder, Map<String, String> environment, List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(options);
        String natives = System.getProperty("sardonyx.natives");
        if (natives != null) {
            command.add("-Dsardonyx.natives=" + natives);
        }
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        int exit = builder.start().waitFor();
        assertEquals(0, exit, Files.readString(errors) + Files.readString(out));
        return new Printed(Files.readAllLines(out), Files.readAllLines(errors));
    }
}
