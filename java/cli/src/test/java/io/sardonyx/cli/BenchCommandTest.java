package io.sardonyx.cli;

import static io.sardonyx.cli.CommandLineRun.execute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.sardonyx.device.Devices;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    @Test
    void aLineForEachNumberOfRanksAndSize(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("lines.json");
        String table = execute(
                0,
                "bench",
                "allreduce",
                "--ranks",
                "1,3",
                "--sizes",
                "8:512:*8",
                "--dtype",
                "bfloat16",
                "--reduction",
                "mean",
                "--iterations",
                "2",
                "--json",
                file);
        assertEquals(2 + 6, table.lines().count(), table);
        JsonObject all = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        assertTrue(all.get("command").getAsString().startsWith("sardonyx bench allreduce --ranks 1,3"));
        JsonArray lines = all.getAsJsonArray("lines");
        assertEquals(6, lines.size());
        for (JsonElement element : lines) {
            JsonObject line = element.getAsJsonObject();
            int ranks = line.get("ranks").getAsInt();
            double algbw = line.get("bytes").getAsLong() / line.get("us").getAsDouble() / 1e3;
            assertTrue(line.get("us25").getAsDouble() <= line.get("us").getAsDouble(), line.toString());
            assertEquals(algbw, line.get("algbwGBs").getAsDouble(), 1e-9 * algbw);
            assertEquals(algbw * 2 * (ranks - 1) / ranks, line.get("busbwGBs").getAsDouble(), 1e-9 * algbw);
            assertFalse(line.get("simulated").getAsBoolean());
        }
    }

    @Test
    void aSimulatorsTimesAreCalledThat() {
        List<String> names = Devices.all().stream().map(d -> d.name()).toList();
        Assumptions.assumeTrue(names.contains("sim:0"), "a simulated GPU; here are " + names);
        String table = execute(
                0,
                "bench",
                "allreduce",
                "--device",
                "sim:0",
                "--ranks",
                "2",
                "--sizes",
                "1K,512K",
                "--algorithm",
                "one-shot,two-shot,auto",
                "--iterations",
                "1");
        List<String> lines = table.lines().skip(2).toList();
        assertEquals(6, lines.size(), table);
        assertEquals(
                "left out: one-shot carries at most 262144 bytes",
                lines.get(1).strip().replaceAll("^.*iB +", ""));
        for (String line : lines) {
            assertTrue(line.contains("left out") || line.endsWith("simulator's own time"), line);
        }
        assertTrue(lines.get(2).contains(" two-shot ") && lines.get(4).contains(" one-shot "), table);
        assertTrue(lines.get(5).contains(" two-shot "), table); // 512 KiB are more than one shot carries
    }

    @Test
    void processesOverGloo() {
        StringWriter text = new StringWriter();
        int status = Main.commandLine()
                .setOut(new PrintWriter(text))
                .setErr(new PrintWriter(text))
                .execute(
                        "bench",
                        "allreduce",
                        "--engine",
                        "gloo",
                        "--ranks",
                        "2",
                        "--sizes",
                        "8,64K",
                        "--iterations",
                        "2");
        Assumptions.assumeFalse(status == 1 && text.toString().contains("apt-get install libgloo0"), text.toString());
        List<String> lines = text.toString().lines().skip(2).toList();
        assertEquals(2, lines.size(), text.toString());
        assertTrue(lines.get(1).matches(" +2 +64 KiB +float32 +sum +gloo .*"), text.toString());
    }

    @Test
    void whatMakesNoSenseIsRefusedInOneLine() {
        refused(1, "a group has 1 to 8 devices, not 9", "--ranks", "9");
        refused(1, "cpu has one way to all-reduce, not one-shot", "--algorithm", "one-shot");
        refused(1, "12 bytes are not whole float64 of 8 bytes", "--sizes", "12", "--dtype", "float64");
        refused(1, "the mean of int32", "--reduction", "mean", "--dtype", "int32");
        refused(1, "not for bool", "--dtype", "bool");
        refused(1, "there is no device 'cuda:99'", "--device", "cuda:99");
        refused(1, "there is no engine 'mpi'; there are local", "--engine", "mpi");
        refused(1, "gloo does not connect processes on reference", "--engine", "gloo", "--device", "reference");
        refused(1, "gloo chooses its own algorithm", "--engine", "gloo", "--algorithm", "two-shot");
        refused(2, "given ring", "--algorithm", "ring");
        refused(2, "given float31", "--dtype", "float31");
        refused(1, "at most 64 calls in a sample", "--iterations", "65");
    }

    private static void refused(int status, String expected, String... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "bench";
        all[1] = "allreduce";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        String said = execute(status, all);
        assertTrue(said.contains(expected), said);
    }
}
