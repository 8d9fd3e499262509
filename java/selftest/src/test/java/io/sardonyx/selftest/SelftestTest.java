package io.sardonyx.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command on the devices that every machine has. */
class SelftestTest {
    @TempDir
    private Path folder;

    /** With time enough for a machine that does other things, too. */
    private String execute(int status, Object... arguments) {
        StringWriter text = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(text)).setErr(new PrintWriter(text));
        List<String> words = new ArrayList<>();
        Arrays.stream(arguments).map(Object::toString).forEach(words::add);
        for (Step step : Step.values()) {
            words.addAll(List.of("--limit", step.key() + "=600"));
        }
        int actual = line.execute(words.toArray(String[]::new));
        assertEquals(status, actual, text.toString());
        return text.toString();
    }

    /** A simulated GPU where there is one. */
    private static Device device() {
        List<Device> all = Devices.all();
        return all.stream().filter(d -> d.name().equals("sim:0")).findFirst().orElse(all.get(all.size() - 1));
    }

    @Test
    void operatorsAndTimesOfASimulatedDevice() throws IOException {
        execute(
                0,
                "selftest",
                "--device",
                device().name(),
                "--only",
                "operators,timing",
                "--filter",
                "^SoftmaxTest|^Identity|^Softmax float32",
                "--out",
                folder);
        JsonObject all = JsonParser.parseString(Files.readString(folder.resolve("selftest.json")))
                .getAsJsonObject();
        assertEquals(2, all.getAsJsonArray("steps").size());
        assertTrue(all.get("command").getAsString().startsWith("sardonyx selftest --device"));
        List<String> times = Files.readAllLines(folder.resolve("timing.jsonl"));
        assertEquals(5, times.size(), times.toString());
        if (device().has("copy")) {
            JsonObject copy =
                    JsonParser.parseString(times.get(1)).getAsJsonObject().getAsJsonObject("data");
            assertEquals("copy", copy.get("kernel").getAsString());
            assertTrue(copy.get("us").getAsDouble() > 0);
        }
    }

    private List<JsonObject> lines(String step) throws IOException {
        return Files.readAllLines(folder.resolve(step + ".jsonl")).stream()
                .skip(1) // where and when
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    @Test
    void convolutionsOfASimulatedDevice() throws IOException {
        execute(0, "selftest", "--device", device().name(), "--only", "conv", "--out", folder);
        List<JsonObject> lines = lines("conv");
        List<JsonObject> layers = lines.stream()
                .filter(line -> line.get("name").getAsString().contains(" tiny "))
                .toList();
        assertEquals(15, layers.size(), lines.toString());
        assertEquals(
                3,
                lines.stream()
                        .filter(line -> line.get("name").getAsString().startsWith("times cuDNN, geometric mean"))
                        .count());
        if (device().has("conv_channels_last.f16")) {
            for (JsonObject layer : layers) {
                assertEquals("PASS", layer.get("status").getAsString(), layer.toString());
                assertTrue(layer.getAsJsonObject("data").get("us").getAsDouble() > 0);
            }
        }
    }

    @Test
    void errorsOfBf16x6OnASimulatedDevice() throws IOException {
        execute(0, "selftest", "--device", device().name(), "--only", "accuracy", "--out", folder);
        List<JsonObject> lines = lines("accuracy");
        JsonObject last = lines.get(lines.size() - 1);
        if (device().has("gemm_bf16x6.f32")) {
            assertEquals(2 * 14, lines.size(), lines.toString());
            assertTrue(last.getAsJsonObject("data").has("verdict"), last.toString());
            for (JsonObject line : lines) {
                assertEquals("PASS", line.get("status").getAsString(), line.toString());
            }
        } else {
            assertEquals("LEFT_OUT", last.get("status").getAsString());
        }
    }

    @Test
    void collectivesBetweenVirtualRanks() throws IOException {
        String few = "Collectives: 2 ranks, (barrier|allReduce int32|reduceScatter and allGather bfloat16)";
        execute(0, "selftest", "--device", device().name(), "--only", "operators", "--filter", few, "--out", folder);
        List<JsonObject> checks = lines("operators");
        assertEquals(device().onHost() ? 3 : 4, checks.size(), checks.toString());
        for (JsonObject line : checks) {
            assertEquals("PASS", line.get("status").getAsString(), line.toString());
        }
        execute(0, "selftest", "--device", device().name(), "--only", "allreduce", "--out", folder);
        List<JsonObject> times = lines("allreduce").stream()
                .filter(line -> line.getAsJsonObject("data").has("busbw_gbs"))
                .toList();
        assertEquals(device().onHost() ? 0 : 2 * 3 * 2, times.size(), times.toString());
        for (JsonObject line : times) {
            assertTrue(line.getAsJsonObject("data").get("busbw_gbs").getAsDouble() > 0, line.toString());
        }
    }

    @Test
    void withoutTheBundleMiniLmAndPyTorchAreNamedAsMissing() throws IOException {
        execute(0, "selftest", "--device", "cpu", "--only", "minilm", "--out", folder);
        for (JsonObject line : lines("minilm")) {
            assertEquals("LEFT_OUT", line.get("status").getAsString(), line.toString());
        }
    }

    /** The rows that the time does not suffice for are counted. */
    @Test
    void aTableEndsInTime() {
        List<Outcome> outcomes = new ArrayList<>();
        TimingCases.run(device(), new Cases() {
            @Override
            public boolean begin(String name) {
                return true;
            }

            @Override
            public void end(Outcome outcome) {
                outcomes.add(outcome);
            }

            @Override
            public double secondsLeft() {
                return 3 - outcomes.size() + TimingCases.RESERVE_SECONDS;
            }
        });
        Outcome last = outcomes.get(outcomes.size() - 1);
        assertEquals(5, outcomes.size(), outcomes.toString()); // cuBLAS, three rows and this
        assertTrue(last.message().matches("\\d+ rows from .* on"), last.toString());
    }

    @Test
    void aDeviceThatIsNotThereIsAFailureThatSaysWhichThereAre() {
        String said = execute(1, "selftest", "--device", "cuda:99", "--only", "primitives");
        assertTrue(said.contains("there is no device 'cuda:99'; there are reference"), said);
    }
}
