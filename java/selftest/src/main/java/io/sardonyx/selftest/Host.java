package io.sardonyx.selftest;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Tools of this machine, which may be there or not. */
final class Host {
    private static final int PATIENCE_SECONDS = 20;

    private Host() {}

    /** What a command says; empty if there is none, or if it fails or takes too long. */
    static Optional<String> output(List<String> command) {
        try {
            Path result = Files.createTempFile("sardonyx", ".txt");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectOutput(result.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                    return Optional.empty();
                }
                return process.exitValue() == 0
                        ? Optional.of(Files.readString(result, StandardCharsets.UTF_8))
                        : Optional.empty();
            } finally {
                Files.delete(result);
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** A tool of the CUDA toolkit: on the path, or where CUDA_HOME or /usr/local/cuda have it. */
    static Optional<Path> cudaTool(String name) {
        Stream<String> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
        Stream<String> homes = Stream.of(
                        System.getenv().getOrDefault("CUDA_HOME", "/usr/local/cuda"), "/usr/local/cuda")
                .map(home -> home + "/bin");
        return Stream.concat(path, homes)
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
