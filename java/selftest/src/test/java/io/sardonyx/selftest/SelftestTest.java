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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command on the devices that every machine has. */
class SelftestTest {
    @TempDir
    private Path folder;

    private String execute(int status, Object... arguments) {
        StringWriter text = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(text)).setErr(new PrintWriter(text));
        int actual = line.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
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

    @Test
    void aDeviceThatIsNotThereIsAFailureThatSaysWhichThereAre() {
        String said = execute(1, "selftest", "--device", "cuda:99", "--only", "primitives");
        assertTrue(said.contains("there is no device 'cuda:99'; there are reference"), said);
    }
}
