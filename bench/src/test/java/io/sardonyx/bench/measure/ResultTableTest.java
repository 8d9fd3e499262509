package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.record.Absence;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.bench.record.Ratio;
import io.sardonyx.bench.record.Roof;
import io.sardonyx.bench.record.Times;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private final StringWriter text = new StringWriter();
    private final ResultTable table = new ResultTable(new PrintWriter(text));

    private static Measurement line(String benchmark, String contender, double ofRoof, Optional<Ratio> ratio) {
        return new Measurement(
                benchmark,
                Map.of("m", "512"),
                "float32",
                "cpu",
                2,
                contender,
                Instrument.TURNS,
                Cache.WARM,
                2e6,
                1e6,
                Times.of(new double[] {10_000, 10_000, 10_000, 10_000, 10_000}, 7, Times.Stop.NOISE, 3),
                Optional.of(ofRoof),
                Optional.of("fma.float32"),
                ratio);
    }

    @Test
    void aTableForEachBenchmarkInARow() {
        table.line(line("matmul", "sardonyx", 0.876, Optional.empty()));
        table.line(line("matmul", "onnxruntime", 0.5, Optional.of(new Ratio("sardonyx", 0.571, 0.5, 0.6, List.of()))));
        List<String> lines = text.toString().lines().toList();
        assertEquals(5, lines.size(), text.toString());
        assertEquals(
                "| matmul | 512 | float32 | cpu | 2 | sardonyx | warm | 10.00 | 10.00 – 10.00 | 10.00 | 200.0 | 100.0"
                        + " | 88 of fma.float32 | – | 5 × 7, 3 dropped | 0.0, by noise |",
                lines.get(3));
        assertTrue(lines.get(4).contains("| 0.57 [0.50, 0.60] × sardonyx |"), lines.get(4));
        assertTrue(lines.stream()
                        .skip(1)
                        .mapToLong(l -> l.chars().filter(c -> c == '|').count())
                        .distinct()
                        .count()
                == 1);
    }

    @Test
    void whatIsFasterThanTheRoofIsCalledWrong() {
        table.line(line("matmul", "sardonyx", 1.004, Optional.empty()));
        assertTrue(text.toString().contains("| 100 of fma.float32 WRONG: above it |"), text.toString());
    }

    @Test
    void onGpusToo() {
        Measurement host = line("matmul", "cublas", 0, Optional.empty());
        for (double part : new double[] {1, 1.02}) {
            table.line(new Measurement(
                    host.benchmark(),
                    host.axes(),
                    host.dtype(),
                    "cuda:0",
                    0,
                    host.contender(),
                    Instrument.EVENTS,
                    Cache.COLD,
                    host.flops(),
                    host.bytes(),
                    host.times(),
                    Optional.of(part),
                    Optional.of("copy.memory"),
                    Optional.empty()));
        }
        List<String> lines = text.toString().lines().toList();
        assertTrue(lines.get(3).contains("| 100 of copy.memory |"), lines.get(3));
        assertTrue(lines.get(4).contains("| 102 of copy.memory WRONG: above it |"), lines.get(4));
    }

    @Test
    void theEndHasRoofsAndWhatIsMissing() {
        BenchmarkRecord record = new BenchmarkRecord(
                BenchmarkRecord.FORMAT,
                Machine.provenance("sardonyx bench matmul", 1),
                List.of(
                        new Roof("cpu", 2, "read.L1", 150e9, "B/s", "avx512"),
                        new Roof("cuda:0", 0, "launch", 2e-6, "s", "")),
                List.of(),
                List.of(new Absence("openblas", "is not on the class path")));
        table.end(record);
        assertTrue(text.toString().contains("| read.L1 | cpu | 2 | 150.0 GB/s |"), text.toString());
        assertTrue(text.toString().contains("| launch | cuda:0 | 0 | 2.000 µs |"), text.toString());
        assertTrue(text.toString().endsWith("missing: openblas: is not on the class path\n"), text.toString());
    }

    @Test
    void commaSeparatedValuesHaveUnitsInTheirHeader() {
        String csv = ResultCsv.text(List.of(
                line("matmul", "sardonyx", 0.5, Optional.empty()).counting(Map.of("a, b", 1.0)),
                line("matmul", "onnxruntime", 0.5, Optional.of(new Ratio("sardonyx", 0.5, 0.4, 0.6, List.of())))));
        List<String> lines = csv.lines().toList();
        int columns = lines.get(0).split(",").length;
        assertEquals("median_ns", lines.get(0).split(",")[10]);
        assertEquals("10000.0", lines.get(1).split(",")[10]);
        assertTrue(lines.get(1).endsWith(",\"a, b=1.0\""), lines.get(1));
        assertEquals(columns, lines.get(2).split(",", -1).length);
        assertFalse(csv.contains("Optional"));
    }

    @Test
    void provenanceSaysWhatTheMachineIs() {
        var provenance = Machine.provenance("sardonyx bench", 4);
        assertEquals(4, provenance.seed());
        assertTrue(provenance.cores() > 0);
        assertFalse(provenance.java().contains("/"), provenance.java());
    }
}
