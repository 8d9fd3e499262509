package io.sardonyx.cli;

import static io.sardonyx.cli.CommandLineRun.execute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.bench.record.RecordFile;
import io.sardonyx.device.Devices;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchOperatorsTest {
    @TempDir
    private Path folder;

    @Test
    void aTableAndFiles() throws IOException {
        Path json = folder.resolve("lines.json");
        Path csv = folder.resolve("lines.csv");
        String table = execute(
                0,
                "bench",
                "add",
                "softmax",
                "--device",
                "reference",
                "--against",
                "nccl",
                "--axis",
                "n=10",
                "--axis",
                "rows=2:4:+2",
                "--axis",
                "columns=8",
                "--dtype",
                "f32,bf16",
                "--seconds",
                "0.02",
                "--seed",
                "9",
                "--json",
                json,
                "--csv",
                csv);
        assertTrue(table.contains("missing: nccl: "), table);
        BenchmarkRecord record = RecordFile.read(json);
        assertEquals(2 + 4, record.measurements().size());
        assertEquals("bfloat16", record.measurements().get(1).dtype());
        assertEquals(9, record.provenance().seed());
        assertTrue(record.provenance().command().startsWith("sardonyx bench add softmax --device reference"));
        assertEquals(1 + 6, Files.readAllLines(csv).size());
        assertTrue(
                table.lines()
                                .filter(line ->
                                        line.startsWith("| softmax | 4 | 8 | bfloat16 | reference | 1 | sardonyx |"))
                                .count()
                        == 1,
                table);
    }

    @Test
    void aSimulatorOnlyCounts() throws IOException {
        Assumptions.assumeTrue(Devices.all().stream().anyMatch(d -> d.name().equals("sim:0")), "a simulated GPU");
        Path json = folder.resolve("lines.json");
        String table = execute(
                0,
                "bench",
                "linear",
                "--device",
                "sim:0",
                "--axis",
                "m=4",
                "--axis",
                "n=8",
                "--axis",
                "k=16",
                "--json",
                json);
        assertTrue(table.contains("counts only: 9 block barriers, 1 blocks, 1 kernels, 1 launches"), table);
        Measurement line = RecordFile.read(json).measurements().get(0);
        assertEquals(Instrument.COUNTS, line.instrument());
        assertEquals(2.0 * 4 * 8 * 16, line.flops());
        assertTrue(line.times().samples().isEmpty());
    }

    @Test
    void whatIsDoneIsKeptWhenItIsStopped() throws IOException, InterruptedException {
        Path json = folder.resolve("lines.json");
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), Main.class.getName()));
        Stream.of("bench", "add", "--device", "reference", "--axis", "n=1:500:+1", "--seconds", "0.02", "--json", json)
                .map(Object::toString)
                .forEach(command::add);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.startsWith("| add | 2 |")) {
                line = out.readLine();
            }
            assertFalse(line == null, "it ended before it had two lines");
            process.destroy(); // SIGTERM, which a shell that ignores Ctrl-C passes on
            assertEquals(128 + 15, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
        List<Measurement> lines = RecordFile.read(json).measurements();
        assertTrue(lines.size() >= 2 && lines.size() < 500, lines.size() + " lines");
    }

    @Test
    void theListHasAllOfThem() {
        String list = execute(0, "bench", "--list");
        assertTrue(list.contains("matmul: ") && list.contains("    m=512  rows of the first operand"), list);
        assertEquals(
                1,
                execute(0, "bench", "gather", "--list")
                        .lines()
                        .filter(l -> !l.startsWith(" "))
                        .count());
    }

    @Test
    void whatMakesNoSenseIsRefusedInOneLine() {
        refused(2, "--axis m=9:1:+2: expected FIRST <= LAST", "matmul", "--axis", "m=9:1:+2");
        refused(2, "expected a type such as float32", "matmul", "--dtype", "float31");
        refused(2, "--against blas: there is no such contender", "matmul", "--against", "blas");
        refused(2, "WARM, COLD", "matmul", "--cache", "hot");
        refused(1, "--axis q: matmul has no such axis; it has m, n, k", "matmul", "--axis", "q=1");
        refused(1, "there is no benchmark 'matmull'", "matmull");
        refused(1, "--device cuda:99: there is no device 'cuda:99'", "matmul", "--device", "cuda:99");
        refused(1, "--threads 0: expected at least 1", "matmul", "--threads", "0");
        refused(1, "--seconds 0.0: expected more than 0", "matmul", "--seconds", "0");
        refused(1, "there is no file nowhere.onnx", "model", "nowhere.onnx");
    }

    private static void refused(int status, String expected, String... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "bench";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        String said = execute(status, all);
        assertTrue(said.contains(expected), said);
        assertEquals(1, said.lines().count(), said);
    }
}
