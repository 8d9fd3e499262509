package io.sardonyx.bench.compare;

import io.sardonyx.bench.record.Absence;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Provenance;
import io.sardonyx.bench.record.Ratio;
import io.sardonyx.bench.record.Roof;
import io.sardonyx.bench.record.Times;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Records as tests want them. */
final class Records {
    private Records() {}

    /** Times around {@code nanoseconds}, each off by a part of normal distribution. */
    static double[] noisy(long seed, int count, double nanoseconds, double noise) {
        Random random = new Random(seed);
        double[] samples = new double[count];
        Arrays.setAll(samples, i -> nanoseconds * Math.exp(noise * random.nextGaussian()));
        return samples;
    }

    static Measurement line(String contender, int size, double... samples) {
        return line(contender, size, Optional.empty(), Optional.empty(), samples);
    }

    static Measurement line(
            String contender, int size, Optional<String> roof, Optional<Ratio> ratio, double... samples) {
        return new Measurement(
                "matmul",
                Map.of("m", Integer.toString(size)),
                "float32",
                "cpu",
                1,
                contender,
                Measurement.Instrument.TURNS,
                Measurement.Cache.WARM,
                2.0 * size * size * size,
                12.0 * size * size,
                Times.of(samples, 1, Times.Stop.NOISE, 0),
                roof.map(name -> 0.9),
                roof,
                ratio);
    }

    static Roof roof(double value) {
        return new Roof("cpu", 1, "fma.float32", value, "FLOP/s", "avx512");
    }

    static Provenance provenance(String processor, Map<String, String> versions) {
        return new Provenance(
                "2026-11-28T00:00:00Z",
                "abc",
                "bench matmul",
                1,
                processor,
                List.of("avx512"),
                2,
                1L << 34,
                "Linux 6",
                "a JVM 17",
                Map.of("cpu", "two cores"),
                versions);
    }

    static BenchmarkRecord of(Measurement... lines) {
        return of(List.of(), provenance("a processor", Map.of()), lines);
    }

    static BenchmarkRecord of(List<Roof> roofs, Provenance provenance, Measurement... lines) {
        List<Absence> none = List.of();
        return new BenchmarkRecord(BenchmarkRecord.FORMAT, provenance, roofs, List.of(lines), none);
    }
}
