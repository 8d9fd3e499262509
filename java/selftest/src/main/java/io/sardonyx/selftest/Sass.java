package io.sardonyx.selftest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the machine code for Hopper has the instructions that its kernels are written for. */
final class Sass {
    private static final String NAME = "SASS of sm_90a";
    private static final List<String> WANTED = List.of("HGMMA", "UTMALDG");

    private Sass() {}

    static Outcome check() {
        Optional<Path> cuobjdump = Host.cudaTool("cuobjdump");
        if (cuobjdump.isEmpty()) {
            return Outcome.leftOut(NAME, "there is no cuobjdump on this machine");
        }
        Path library = Path.of(System.getProperty("sardonyx.natives", "."), "libsardonyx_cuda.so");
        if (!Files.exists(library)) {
            return Outcome.leftOut(NAME, "there is no " + library);
        }
        try {
            Map<String, Object> counts = count(cuobjdump.get(), library);
            List<String> missing =
                    WANTED.stream().filter(name -> counts.get(name).equals(0L)).toList();
            return missing.isEmpty()
                    ? Outcome.pass(NAME, counts)
                    : new Outcome(NAME, Outcome.Status.FAIL, "without " + String.join(" and ", missing), counts);
        } catch (IOException e) {
            return Outcome.leftOut(NAME, cuobjdump.get() + ": " + e.getMessage());
        }
    }

    private static Map<String, Object> count(Path cuobjdump, Path library) throws IOException {
        long[] counts = new long[WANTED.size()];
        Process process = new ProcessBuilder(cuobjdump.toString(), "-sass", "-arch", "sm_90a", library.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            in.lines().forEach(line -> {
                for (int i = 0; i < counts.length; i++) {
                    counts[i] += line.contains(WANTED.get(i)) ? 1 : 0;
                }
            });
        }
        Map<String, Object> result = new LinkedHashMap<>();
        for (int i = 0; i < counts.length; i++) {
            result.put(WANTED.get(i), counts[i]);
        }
        return result;
    }
}
