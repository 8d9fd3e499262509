package io.sardonyx.cli;

import static io.sardonyx.cli.CommandLineRun.execute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Provenance;
import io.sardonyx.bench.record.RecordFile;
import io.sardonyx.bench.record.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench compare}, {@code bench report} and {@code bench pair}: what becomes of records, and of what are none. */
class BenchRecordsTest {
    @TempDir
    private Path folder;

    /** A file with one line around that time. */
    private Path record(String name, String processor, double nanoseconds) throws IOException {
        Random random = new Random(name.hashCode());
        double[] samples = new double[40];
        Arrays.setAll(samples, i -> nanoseconds * (1 + 0.005 * random.nextGaussian()));
        Measurement line = new Measurement(
                "matmul",
                Map.of("m", "64"),
                "float32",
                "cpu",
                1,
                "sardonyx",
                Measurement.Instrument.TURNS,
                Measurement.Cache.WARM,
                0,
                0,
                Times.of(samples, 1, Times.Stop.TIME, 0),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Provenance provenance = new Provenance(
                "2026-11-28T00:00:00Z",
                "abc",
                "bench matmul",
                1,
                processor,
                List.of(),
                2,
                1,
                "Linux",
                "a JVM",
                Map.of(),
                Map.of());
        Path file = folder.resolve(name);
        RecordFile.write(
                file, new BenchmarkRecord(BenchmarkRecord.FORMAT, provenance, List.of(), List.of(line), List.of()));
        return file;
    }

    @Test
    void theExitStatusTellsWhatIsSlower() throws IOException {
        Path base = record("base.json", "a processor", 1000);
        String same = execute(0, "bench", "compare", base, record("same.json", "a processor", 1000));
        assertTrue(same.contains("\nSAME "), same);
        assertTrue(same.contains("SAME 1, FASTER 0, SLOWER 0, UNSURE 0"), same);
        execute(0, "bench", "compare", base, record("faster.json", "a processor", 900));
        Path slower = record("slower.json", "a processor", 1050);
        execute(1, "bench", "compare", base, slower);
        execute(0, "bench", "compare", base, slower, "--threshold", 10);
    }

    @Test
    void verdictsForPrograms() throws IOException {
        Path base = record("base.json", "a processor", 1000);
        Path json = folder.resolve("verdicts.json");
        execute(1, "bench", "compare", base, record("b.json", "a processor", 2000), "--json", json);
        JsonObject all = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        JsonObject line = all.getAsJsonArray("lines").get(0).getAsJsonObject();
        assertEquals("SLOWER", line.get("verdict").getAsString());
        assertEquals(2, line.getAsJsonObject("ratio").get("estimate").getAsDouble(), 0.01);
        assertEquals("times alone", line.get("basis").getAsString());
        assertEquals(0.025, all.get("threshold").getAsDouble());
    }

    @Test
    void whatDoesNotCompareIsRefusedInOneLine() throws IOException {
        Path base = record("base.json", "a processor", 1000);
        Path text = Files.writeString(folder.resolve("text.json"), "no JSON");
        Path part = Files.writeString(folder.resolve("part.json"), "{\"format\": 1}");
        refused(2, "different machines", "compare", base, record("other.json", "another", 1000));
        refused(2, "there is no file", "compare", base, folder.resolve("missing.json"));
        refused(2, "text.json is not a record", "compare", text, base);
        refused(2, "part.json is not a record", "compare", base, part);
        refused(2, "a threshold above 0 %", "compare", base, base, "--threshold", 0);
        refused(2, "Missing required parameter", "compare", base);
    }

    @Test
    void aPageOfAFolder() throws IOException {
        record("base.json", "a processor", 1000);
        Files.writeString(folder.resolve("old.json"), "{\"lines\": []}");
        Path page = folder.resolve("page.html");
        String said = execute(0, "bench", "report", folder, "--out", page);
        assertTrue(said.contains("left out: ") && said.contains("old.json"), said);
        assertTrue(said.contains(page + ": 1 record"), said);
        assertTrue(Files.readString(page).contains("matmul m=64 float32"));
        refused(1, "there is no folder", "report", folder.resolve("missing"));
        refused(1, "there is no record", "report", Files.createDirectory(folder.resolve("empty")));
    }

    @Test
    void aPairNeedsAnotherBuildAndOnePoint() throws IOException {
        refused(2, "is no jar of Sardonyx", "pair", "--base", folder);
        Path jar = Files.createFile(folder.resolve("sardonyx-core.jar"));
        refused(2, "one size along each axis, given 2 points", "pair", "--base", jar, "--axis", "m=1,2");
        refused(2, "has no such axis", "pair", "--base", jar, "--axis", "x=1");
        refused(2, "above 0", "pair", "--base", jar, "--seconds", 0);
        refused(2, "there is no file", "pair", "--base", jar, "--model", folder.resolve("missing.onnx"));
        refused(2, "Missing required option", "pair");
    }

    private static void refused(int status, String expected, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "bench";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        String said = execute(status, all);
        assertTrue(said.contains(expected), said);
    }
}
