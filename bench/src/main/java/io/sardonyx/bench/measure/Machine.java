package io.sardonyx.bench.measure;

import io.sardonyx.bench.record.Provenance;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** This machine and this program, as far as they bear on how fast something is. */
public final class Machine {
    /** Of the hundred flags of a processor, those that kernels are chosen by. */
    private static final Pattern TELLING = Pattern.compile("(avx|amx|fma|f16c|sse4|asimd|sve|bf16|i8mm|dotprod).*");

    private Machine() {}

    /** Without devices and versions. The launcher says which commit this is. */
    public static Provenance provenance(String command, long seed) {
        List<String> flags = field("/proc/cpuinfo", "flags")
                .or(() -> field("/proc/cpuinfo", "Features"))
                .map(text -> Arrays.stream(text.split(" "))
                        .filter(flag -> TELLING.matcher(flag).matches())
                        .sorted()
                        .toList())
                .orElse(List.of());
        long kibibytes = field("/proc/meminfo", "MemTotal")
                .map(text -> Long.parseLong(text.replaceAll("\\D", "")))
                .orElse(0L);
        return new Provenance(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                System.getProperty("sardonyx.commit", "unknown"),
                command,
                seed,
                field("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")),
                flags,
                Runtime.getRuntime().availableProcessors(),
                kibibytes << 10,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                java(),
                Map.of(),
                Map.of());
    }

    /** Paths in flags are left out: they say nothing of speed. */
    private static String java() {
        List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.contains("/") && !flag.startsWith("-Dsardonyx."))
                .toList();
        return (System.getProperty("java.vm.name") + " " + Runtime.version() + " " + String.join(" ", flags)).strip();
    }

    private static Optional<String> field(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip());
        } catch (IOException e) {
            return Optional.empty(); // another system
        }
    }
}
