package io.sardonyx.selftest;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What {@code pytorch.py} measured on this host, if a Python here has PyTorch. It never fails: what there is not is named. */
final class PyTorch {
    private static final String NAME = "PyTorch";

    /** A line of the script. */
    record Row(String name, String mode, double us) {}

    private final Path script;
    private final List<Row> rows = new ArrayList<>();
    private String version = "";
    private String missing = "no Python here says anything";

    PyTorch(Path script) {
        this.script = script;
    }

    Outcome run(double seconds) {
        if (!Files.exists(script)) {
            return Outcome.leftOut(NAME, "there is no " + script);
        }
        for (String python : List.of("python3", "python")) {
            run(List.of(python, script.toString(), Long.toString((long) Math.max(1, seconds))), seconds);
            if (!version.isEmpty()) {
                return Outcome.pass(NAME, Map.of("version", version, "rows", rows));
            }
        }
        return Outcome.leftOut(NAME, missing);
    }

    private void run(List<String> command, double seconds) {
        try {
            Path said = Files.createTempFile("pytorch", ".jsonl");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectOutput(said.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                process.getOutputStream().close();
                if (!process.waitFor((long) (1e3 * seconds), TimeUnit.MILLISECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                }
                Files.readString(said, StandardCharsets.UTF_8).lines().forEach(this::read);
            } finally {
                Files.delete(said);
            }
        } catch (IOException e) {
            missing = e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A line may be cut off where the process was ended. */
    private void read(String line) {
        try {
            JsonObject object = JsonParser.parseString(line).getAsJsonObject();
            if (object.has("missing")) {
                missing = object.get("missing").getAsString();
            } else if (object.has("version")) {
                version = object.get("version").getAsString();
            } else {
                rows.add(new Row(
                        object.get("name").getAsString(),
                        object.get("mode").getAsString(),
                        object.get("us").getAsDouble()));
            }
        } catch (JsonParseException | IllegalStateException e) {
            missing = "not understood: " + line;
        }
    }

    /** The mode of PyTorch that took the least time. */
    Optional<Row> best(String name) {
        return rows.stream().filter(row -> row.name().equals(name)).min(Comparator.comparingDouble(Row::us));
    }
}
