package io.sardonyx.bench.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordFileTest {
    @TempDir
    private Path folder;

    private static BenchmarkRecord record() {
        Times times = Times.of(new double[] {110, 100, 120, 130}, 8, Times.Stop.TIME, 1);
        Ratio ratio = new Ratio("onnxruntime", 1.5, 1.4, 1.6, List.of(1.4, 1.5, 1.6));
        Measurement measurement = new Measurement(
                "matmul",
                Map.of("m", "64"),
                "float32",
                "cpu",
                1,
                "sardonyx",
                Measurement.Instrument.TURNS,
                Measurement.Cache.WARM,
                2.0 * 64 * 64 * 64,
                3.0 * 64 * 64 * 4,
                times,
                Optional.of(0.9),
                Optional.of("fma.float32"),
                Optional.of(ratio));
        Provenance provenance = new Provenance(
                "2026-11-28T00:00:00Z",
                "abc",
                "bench matmul",
                1,
                "a [ 1, 2 ] processor",
                List.of("avx512"),
                2,
                1L << 34,
                "Linux 6",
                "a JVM 17",
                Map.of("cpu", "two cores"),
                Map.of("onnxruntime", "1.29.0"));
        return new BenchmarkRecord(
                BenchmarkRecord.FORMAT,
                provenance,
                List.of(new Roof("cpu", 1, "fma.float32", 1e11, "FLOP/s", "avx512")),
                List.of(measurement),
                List.of(new Absence("pytorch", "no Python with torch was found")));
    }

    @Test
    void whatIsReadIsWhatWasWritten() throws IOException {
        Path file = folder.resolve("record.json");
        RecordFile.write(file, record());
        assertEquals(record(), RecordFile.read(file));
    }

    @Test
    void aListOfNumbersTakesALine() {
        String text = RecordFile.text(record());
        assertTrue(text.contains("\"samples\": [110.0, 100.0, 120.0, 130.0]\n"), text);
        assertTrue(text.contains("a [ 1, 2 ] processor"), text);
    }

    @Test
    void anotherFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("other.json"), "{\"lines\": []}");
        String message = assertThrows(IllegalArgumentException.class, () -> RecordFile.read(file))
                .getMessage();
        assertTrue(message.contains("other.json"), message);
        refused("a list or a map is missing", "{\"format\": 1}");
        refused("its format is 2, expected 1", "{\"format\": 2}");
        refused("its format is none, expected 1", "[]");
        refused("provenance is missing", "{\"format\": 1, \"roofs\": [], \"measurements\": [], \"absences\": []}");
        refused(
                "provenance.date is missing",
                "{\"format\": 1, \"provenance\": {\"flags\": [], \"devices\": {}, \"versions\": {}}, \"roofs\": [{}], \"measurements\": [], \"absences\": []}");
        Path text = Files.writeString(folder.resolve("text.json"), "no JSON");
        assertThrows(IllegalArgumentException.class, () -> RecordFile.read(text));
    }

    private void refused(String expected, String text) throws IOException {
        Path file = Files.writeString(folder.resolve("refused.json"), text);
        String message = assertThrows(IllegalArgumentException.class, () -> RecordFile.read(file))
                .getMessage();
        assertTrue(message.contains("refused.json is not a record of `bench`: " + expected), message);
    }

    @Test
    void quantilesLieBetweenSamples() {
        Times times = record().measurements().get(0).times();
        assertEquals(115, times.median());
        assertEquals(107.5, times.low());
        assertEquals(122.5, times.high());
        assertEquals(0.1123, times.noise(), 1e-4);
    }
}
