package io.sardonyx.bench.report;

import io.sardonyx.bench.record.Absence;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.bench.record.Provenance;
import io.sardonyx.bench.record.Ratio;
import io.sardonyx.bench.record.Roof;
import io.sardonyx.bench.record.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A made-up record with all that a page can show: no number of it was measured. */
final class SampleRecord {
    /** A model's name that would be a script if somebody forgot to escape it. */
    static final String HOSTILE = "</script><script>document.title='run'</script><img src=x onerror=alert(1)>&\"'";

    private static final double FMA = 9.6e10;
    private static final double MEMORY = 1.1e10;
    private static final List<String> CONTENDERS = List.of("sardonyx", "onnxruntime", "openblas");

    private SampleRecord() {}

    static BenchmarkRecord record() {
        List<Measurement> lines = new ArrayList<>();
        for (int size = 64; size <= 2048; size *= 2) {
            for (String contender : CONTENDERS) {
                lines.add(matmul(size, contender));
            }
        }
        for (long bytes = 1 << 10; bytes <= 1 << 26; bytes *= 8) {
            lines.add(copy(bytes));
        }
        int model = 0;
        for (String name :
                List.of("minilm 1x128", "tinybert", "gpt2-past", "a model with quite a long name 8x128", HOSTILE)) {
            lines.add(model(name, 0.9 + 0.25 * model++));
        }
        lines.add(wrong());
        lines.add(simulated());
        return new BenchmarkRecord(
                BenchmarkRecord.FORMAT,
                provenance(),
                List.of(
                        new Roof("cpu", 1, "fma.float32", FMA, "FLOP/s", "avx512"),
                        new Roof("cpu", 1, "read.L2", 8e10, "B/s", "avx512"),
                        new Roof("cpu", 1, "read.memory", MEMORY, "B/s", "avx512"),
                        new Roof("cpu", 1, "launch", 2e-6, "s", "")),
                lines,
                List.of(new Absence("pytorch", "no Python with torch was found; install it, or leave it out")));
    }

    private static Measurement matmul(int size, String contender) {
        int rank = CONTENDERS.indexOf(contender);
        double flops = 2.0 * size * size * size;
        double part = (0.9 - 0.12 * rank) * size / (size + 40.0);
        Map<String, String> axes = new LinkedHashMap<>();
        List.of("m", "n", "k").forEach(axis -> axes.put(axis, Integer.toString(size)));
        Optional<Ratio> ratio = rank == 0 ? Optional.empty() : Optional.of(ratio("sardonyx", 1 - 0.13 * rank));
        return line("matmul", axes, "float32", "cpu", 1, contender, flops, 12.0 * size * size, flops / (part * FMA))
                .with(part, "fma.float32", ratio);
    }

    private static Measurement copy(long bytes) {
        double rate = bytes < 1 << 20 ? 4e10 : MEMORY * 0.9;
        return line(
                        "copy",
                        Map.of("size", Long.toString(bytes)),
                        "float32",
                        "cpu",
                        1,
                        "sardonyx",
                        0,
                        bytes,
                        bytes / rate)
                .with(0.9, "read.memory", Optional.empty());
    }

    private static Measurement model(String name, double speedUp) {
        return line("model", Map.of("model", name), "", "cpu", 1, "onnxruntime", 0, 0, 3e-3)
                .with(0, "", Optional.of(ratio("sardonyx", 1 / speedUp)));
    }

    /** Faster than the machine can be. */
    private static Measurement wrong() {
        return line("matmul", Map.of("m", "512", "n", "512", "k", "8"), "float32", "cpu", 1, "blis", 4e6, 1e6, 3e-5)
                .with(1.39, "fma.float32", Optional.empty());
    }

    private static Measurement simulated() {
        Measurement real =
                line("matmul", Map.of("m", "64"), "float32", "sim:0", 0, "sardonyx", 5e5, 5e4, 1e-4).measurement;
        return new Measurement(
                real.benchmark(),
                real.axes(),
                real.dtype(),
                real.device(),
                real.threads(),
                real.contender(),
                Instrument.COUNTS,
                real.cache(),
                real.flops(),
                real.bytes(),
                Times.none(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of("launches", 1.0, "scratch MiB", 0.25));
    }

    private static Ratio ratio(String to, double speedUp) {
        return new Ratio(to, speedUp, speedUp * 0.96, speedUp * 1.05, List.of(speedUp));
    }

    /** A line that still lacks what it is compared with. */
    private record Unfinished(Measurement measurement) {
        Measurement with(double ofRoof, String roof, Optional<Ratio> ratio) {
            return new Measurement(
                    measurement.benchmark(),
                    measurement.axes(),
                    measurement.dtype(),
                    measurement.device(),
                    measurement.threads(),
                    measurement.contender(),
                    measurement.instrument(),
                    measurement.cache(),
                    measurement.flops(),
                    measurement.bytes(),
                    measurement.times(),
                    Optional.of(ofRoof).filter(part -> part > 0),
                    Optional.of(roof).filter(name -> !name.isEmpty()),
                    ratio);
        }
    }

    private static Unfinished line(
            String benchmark,
            Map<String, String> axes,
            String dtype,
            String device,
            int threads,
            String contender,
            double flops,
            double bytes,
            double seconds) {
        double ns = seconds * 1e9;
        Times times = Times.of(new double[] {ns, ns * 0.99, ns * 1.02}, 8, Times.Stop.NOISE, 0);
        return new Unfinished(new Measurement(
                benchmark,
                axes,
                dtype,
                device,
                threads,
                contender,
                Instrument.TURNS,
                Cache.WARM,
                flops,
                bytes,
                times,
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    }

    private static Provenance provenance() {
        return new Provenance(
                "2026-11-28T12:00:00Z",
                "0123abc-dirty",
                "bench matmul --axis m=64:2048:*2 --against onnxruntime,openblas,pytorch --json made-up.json",
                1,
                "a made-up processor @ 3.00GHz",
                List.of("avx2", "avx512f", "avx512vnni"),
                2,
                16L << 30,
                "Linux 6.1",
                "OpenJDK 64-Bit Server VM 17, no flags",
                Map.of("cpu", "two cores", "sim:0", "a simulated GPU"),
                Map.of("onnxruntime", "1.29.0", "openblas", "0.3.31"));
    }
}
