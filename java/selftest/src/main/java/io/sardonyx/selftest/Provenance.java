package io.sardonyx.selftest;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where, when and of what the results are: with every file of them. */
final class Provenance {
    private static final String UNKNOWN = "unknown";

    private final Map<String, Object> known = new LinkedHashMap<>();
    private boolean hasDevice;

    Provenance(List<String> commandLine) {
        known.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        known.put("commit", commit());
        known.put("command", "sardonyx " + String.join(" ", commandLine));
        known.put("device", JsonNull.INSTANCE);
        known.put("driver", driver());
        known.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        known.put(
                "host",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores");
    }

    /** Whether the device was not known yet. */
    boolean device(JsonElement device) {
        boolean isNew = !hasDevice;
        hasDevice = true;
        known.put("device", device);
        return isNew;
    }

    Map<String, Object> of(Step step) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("step", step.key());
        result.putAll(known);
        return result;
    }

    Map<String, Object> all() {
        return known;
    }

    /** What the bundle was built of. */
    private static String commit() {
        Path file = Path.of(System.getProperty("sardonyx.home", "."), "COMMIT");
        try {
            return Files.exists(file) ? Files.readString(file).strip() : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String driver() {
        return Host.output(List.of(
                        "nvidia-smi",
                        "--query-gpu=name,driver_version,clocks.max.sm,clocks.max.mem,power.limit",
                        "--format=csv,noheader"))
                .map(String::strip)
                .orElse("no nvidia-smi here");
    }
}
