package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.define.Axis;
import io.sardonyx.bench.define.Benchmark;
import io.sardonyx.bench.define.Benchmarks;
import io.sardonyx.bench.define.OnnxModel;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.KernelTimer;
import io.sardonyx.bench.device.LadderStep;
import io.sardonyx.bench.record.Absence;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.bench.record.RecordFile;
import io.sardonyx.device.Devices;
import io.sardonyx.tensor.DType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs with very little effort. */
class BenchRunTest {
    private static final double SECONDS = 0.02;

    private final List<Measurement> heard = new ArrayList<>();
    private final Findings findings = new Findings(Machine.provenance("sardonyx bench", 5));
    private final Listener listener = new Listener() {
        @Override
        public void point(int number, int of, String what) {
            assertTrue(number <= of, number + " of " + of + ": " + what);
        }

        @Override
        public void measured(Measurement measurement) {
            heard.add(measurement);
        }
    };

    private static Plan plan(
            List<Benchmark> benchmarks, List<String> devices, List<Contender> against, String... axes) {
        return new Plan(
                benchmarks,
                Stream.of(axes).map(Axis::parse).toList(),
                List.of(),
                devices,
                List.of(1),
                against,
                List.of(Cache.WARM),
                SECONDS,
                5);
    }

    @Test
    void linesOfAllWhoAreThereAndTheNamesOfTheOthers(@TempDir Path folder) throws IOException {
        List<Benchmark> benchmarks = List.of(Benchmarks.named("matmul"), Benchmarks.named("add"));
        List<Contender> against = List.of(Contender.ONNXRUNTIME, Contender.CUBLAS);
        Plan plan = plan(benchmarks, List.of("reference"), against, "m=3,4", "n=5", "k=6");
        new BenchRun(plan, findings, listener).run();
        BenchmarkRecord record = findings.record();
        assertEquals(heard, record.measurements());
        assertEquals(
                List.of(
                        "matmul sardonyx",
                        "matmul onnxruntime",
                        "matmul sardonyx",
                        "matmul onnxruntime",
                        "add sardonyx",
                        "add onnxruntime"),
                heard.stream().map(m -> m.benchmark() + " " + m.contender()).toList());
        assertEquals(
                List.of("reference", "cpu"),
                heard.subList(0, 2).stream().map(Measurement::device).toList());
        assertEquals(Map.of("m", "3", "n", "5", "k", "6"), heard.get(0).axes());
        assertEquals("sardonyx", heard.get(1).ratio().orElseThrow().to());
        assertTrue(
                heard.stream().allMatch(m -> m.times().samples().size() >= 10 && m.instrument() == Instrument.TURNS));
        assertEquals(
                List.of("cublas"), record.absences().stream().map(Absence::what).toList());
        assertEquals("1.29.0", record.provenance().versions().get("onnxruntime"));
        Path file = folder.resolve("record.json");
        RecordFile.write(file, record);
        assertEquals(record, RecordFile.read(file));
    }

    @Test
    void theRoofsOfTheCpuAreInTheRecord() {
        Assumptions.assumeTrue(Devices.best().name().equals("cpu"), "the native CPU device");
        new BenchRun(plan(List.of(Benchmarks.named("linear")), List.of("cpu"), List.of(), "m=8"), findings, listener)
                .run();
        BenchmarkRecord record = findings.record();
        assertTrue(
                record.roofs().stream().anyMatch(r -> r.name().equals("fma.float32") && r.value() > 1e8),
                record.roofs() + "");
        assertEquals("fma.float32", heard.get(0).roof().orElseThrow());
        assertTrue(heard.get(0).ofRoof().orElseThrow() > 0);
    }

    /** As on a GPU, whose events it would take. */
    @Test
    void allOfThemAreWorkForATimerOfKernels() {
        Assumptions.assumeTrue(Devices.best().name().equals("cpu"), "the native CPU device");
        KernelTimer timer = new KernelTimer(Devices.get("cpu"), Effort.SMOKE);
        for (Benchmark benchmark : Benchmarks.all()) {
            Map<String, Long> sizes = new LinkedHashMap<>();
            benchmark.axes().forEach((axis, parameter) -> sizes.put(axis, Math.min(parameter.usual(), 16)));
            Problem problem = benchmark.at(sizes, DType.FLOAT32);
            assertTrue(timer.time(DeviceRun.workload(problem)).isPresent(), problem.toString());
        }
    }

    @Test
    void aSimulatorOnlyCounts() {
        Assumptions.assumeTrue(Devices.all().stream().anyMatch(d -> d.name().equals("sim:0")), "a simulated GPU");
        Plan plan = plan(List.of(Benchmarks.named("add")), List.of("sim:0"), List.of(Contender.ONNXRUNTIME), "n=100");
        new BenchRun(plan, findings, listener).run();
        assertEquals(Instrument.COUNTS, heard.get(0).instrument());
        assertEquals(0, heard.get(0).times().median());
        assertEquals(1, heard.get(0).counts().get("launches"));
        assertEquals(1, heard.get(0).counts().get("kernels"));
        StringWriter text = new StringWriter();
        new ResultTable(new PrintWriter(text)).line(heard.get(0));
        assertTrue(text.toString().contains("counts only: 1 blocks, 1 kernels, 1 launches"), text.toString());
        assertTrue(ResultCsv.text(heard).contains("blocks=1.0 kernels=1.0 launches=1.0"), ResultCsv.text(heard));
    }

    @Test
    void eachStepOfTheLadderIsALine() {
        Assumptions.assumeTrue(Devices.all().stream().anyMatch(d -> d.name().equals("sim:0")), "a simulated GPU");
        List<Benchmark> benchmarks = List.of(Benchmarks.named("matmul"), Benchmarks.named("add"));
        Plan plan = new Plan(
                benchmarks,
                Stream.of("m=128", "n=128", "k=36,64").map(Axis::parse).toList(),
                List.of(DType.FLOAT32, DType.BFLOAT16),
                List.of("sim:0"),
                List.of(1),
                List.of(Contender.LAB),
                List.of(),
                SECONDS,
                5);
        new BenchRun(plan, findings, listener).run();
        List<String> plain = List.of(
                "lab:naive",
                "lab:coalesced",
                "lab:shared-tile",
                "lab:register-tile",
                "lab:vectorised",
                "lab:double-buffered");
        assertEquals(plain, steps(DType.FLOAT32, "36"));
        assertEquals(plain, steps(DType.FLOAT32, "64"));
        assertEquals(List.of(), steps(DType.BFLOAT16, "36"), "rows are no whole chunks");
        assertEquals(List.of("lab:tensor-cores", "lab:hopper"), steps(DType.BFLOAT16, "64"));
        Map<String, Double> counts = heard.stream()
                .filter(line -> line.contender().equals("lab:tensor-cores"))
                .findFirst()
                .orElseThrow()
                .counts();
        assertEquals(128 * 128 * 64 / (16 * 8 * 16), counts.get("mma.m16n8k16"));
        assertEquals(2.0 * (128 * 64 + 64 * 128), counts.get("cp.async global bytes"));
        Map<String, String> absences = new LinkedHashMap<>();
        findings.record().absences().forEach(absence -> absences.put(absence.what(), absence.why()));
        assertEquals(
                List.of(
                        "lab:tensor-cores for matmul m=128 n=128 k=36 bfloat16",
                        "lab:hopper for matmul m=128 n=128 k=36 bfloat16",
                        "lab for add float32",
                        "lab for add bfloat16"),
                List.copyOf(absences.keySet()));
        assertTrue(
                absences.get("lab:hopper for matmul m=128 n=128 k=36 bfloat16").endsWith("not n = 128, k = 36"),
                absences + "");
    }

    /** As on a GPU, whose events it would take. */
    @Test
    void eachStepOfTheLadderIsWorkForATimerOfKernels() {
        Assumptions.assumeTrue(Devices.all().stream().anyMatch(d -> d.name().equals("sim:0")), "a simulated GPU");
        try (KernelTimer timer = new KernelTimer(Devices.get("sim:0"), Effort.SMOKE)) {
            for (LadderStep step : LadderStep.values()) {
                Problem problem = Benchmarks.named("matmul").at(Map.of("m", 16L, "n", 16L, "k", 16L), step.operands());
                assertEquals(
                        step.key(),
                        timer.time(step.workload(problem)).orElseThrow().kernel());
            }
        }
    }

    private List<String> steps(DType dtype, String k) {
        return heard.stream()
                .filter(line -> line.dtype().equals(dtype.toString())
                        && k.equals(line.axes().get("k")))
                .map(Measurement::contender)
                .filter(name -> name.startsWith("lab"))
                .toList();
    }

    @Test
    void whereThereIsNoLadderOneLineSaysWhatToDo() {
        Plan plan = plan(
                List.of(Benchmarks.named("matmul")),
                List.of("reference"),
                List.of(Contender.LAB),
                "m=3",
                "n=4",
                "k=5,6");
        new BenchRun(plan, findings, listener).run();
        assertEquals(
                List.of(
                        new Absence(
                                "lab",
                                "runs on GPUs alone; add --device sim:0, which counts, or cuda:0 with natives built with -DSX_LAB=ON")),
                findings.record().absences());
        LabLadder none = new LabLadder(plan, Devices.get("reference"), findings);
        Problem problem = plan.problems().get(0);
        assertEquals(List.of(), none.open(problem, problem.inputs(5)));
        assertEquals("lab beside reference", findings.record().absences().get(1).what());
    }

    @Test
    void aModelBesideOthersAndItsStart(@TempDir Path folder) throws IOException {
        Problem problem = Benchmarks.named("linear").at(Map.of("m", 2L, "n", 3L, "k", 4L), DType.FLOAT32);
        Path file = folder.resolve("product.onnx");
        Files.write(file, OnnxModel.of(problem, problem.inputs(1)));
        Plan plan = plan(List.of(), List.of("reference"), List.of(Contender.ONNXRUNTIME));
        new ModelRun(ModelPlan.of(file, Map.of(), plan, true), findings, listener).run();
        assertEquals(
                List.of("model sardonyx", "model onnxruntime", "load sardonyx", "load onnxruntime"),
                heard.stream().map(m -> m.benchmark() + " " + m.contender()).toList());
        assertEquals(Map.of("model", "product"), heard.get(0).axes());
        assertTrue(heard.get(2).counts().get("peak resident MiB") > 1);
    }

    @Test
    void nonsenseIsSaidBeforeAnythingRuns(@TempDir Path folder) throws IOException {
        List<Benchmark> matmul = List.of(Benchmarks.named("matmul"));
        refused("--axis q: matmul has no such axis", () -> plan(matmul, List.of("cpu"), List.of(), "q=1"));
        refused("--axis m=0: ", () -> plan(matmul, List.of("cpu"), List.of(), "m=4,0"));
        refused("--axis m is given twice", () -> plan(matmul, List.of("cpu"), List.of(), "m=4", "m=5"));
        refused(
                "--device cpu:7: there is no device 'cpu:7'; there are reference",
                () -> new BenchRun(plan(matmul, List.of("cpu:7"), List.of()), findings, listener));
        refused(
                "there is no file nowhere.onnx",
                () -> ModelPlan.of(
                        Path.of("nowhere.onnx"), Map.of(), plan(List.of(), List.of("reference"), List.of()), false));
        Problem problem = Benchmarks.named("add").at(Map.of(), DType.FLOAT32);
        Path file = folder.resolve("add.onnx");
        Files.write(file, OnnxModel.of(problem, problem.inputs(1)));
        refused(
                "--axis batch: the inputs of add.onnx have no such dimension; they have none",
                () -> ModelPlan.of(file, Map.of(), plan(List.of(), List.of("reference"), List.of(), "batch=1"), false));
        refused(
                "--input z: the model has [x0, x1]",
                () -> ModelPlan.of(
                        file,
                        Map.of("z", problem.inputs(1).get(0)),
                        plan(List.of(), List.of("reference"), List.of()),
                        false));
        assertTrue(heard.isEmpty());
    }

    private static void refused(String start, Executable what) {
        String message = assertThrows(IllegalArgumentException.class, what).getMessage();
        assertTrue(message.startsWith(start), message);
    }
}
