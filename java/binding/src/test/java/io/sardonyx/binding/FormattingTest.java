package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** C++ and CUDA sources are as clang-format leaves them; versions differ, so only one is asked. */
class FormattingTest {
    private static final String VERSION = "version 14.";

    /** Laid out by hand: tables of declarations. */
    private static final Set<String> BY_HAND =
            Set.of("native/include/sx/runtime.h", "native/sim/include/sim/cuda_runtime.h");

    private final Path root = Path.of(System.getProperty("sardonyx.root"));

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }

    private static boolean isThere() throws InterruptedException {
        try {
            return output(List.of("clang-format", "--version")).contains(VERSION);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void sourcesAreFormatted() throws Exception {
        assumeTrue(isThere(), "skipped: there is no clang-format 14");
        List<String> command = new ArrayList<>(List.of("clang-format", "--dry-run"));
        for (String folder : List.of("kernels", "native")) {
            try (Stream<Path> files = Files.walk(root.resolve(folder))) {
                files.filter(file -> file.toString().matches(".*\\.(cpp|cu|h)"))
                        .filter(file -> !BY_HAND.contains(root.relativize(file).toString()))
                        .forEach(file -> command.add(file.toString()));
            }
        }
        assertEquals("", output(command));
    }
}
