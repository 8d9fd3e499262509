package io.sardonyx.bench.compare;

import static io.sardonyx.bench.compare.Records.line;
import static io.sardonyx.bench.compare.Records.noisy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.measure.HandOver;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Ratio;
import io.sardonyx.bench.record.Roof;
import io.sardonyx.bench.record.Times;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
    private static final int PAIRS = 50;

    private static Verdict verdict(double[] before, double[] after) {
        return compare(Records.of(line("sardonyx", 64, before)), Records.of(line("sardonyx", 64, after)))
                .lines()
                .get(0)
                .verdict();
    }

    private static Comparison compare(BenchmarkRecord before, BenchmarkRecord after) {
        return Comparison.of(before, after, Threshold.USUAL);
    }

    /** In how many of 50 pairs of series. */
    private static long count(Verdict verdict, int samples, double ratio, double noise) {
        return IntStream.range(0, PAIRS)
                .filter(i ->
                        verdict(noisy(2L * i, samples, 1000, noise), noisy(2L * i + 1, samples, 1000 * ratio, noise))
                                == verdict)
                .count();
    }

    @Test
    void theSameIsTheSame() {
        assertEquals(PAIRS, count(Verdict.SAME, 50, 1, 0.01));
        assertEquals(PAIRS, count(Verdict.SAME, 10, 1, 0.005));
        assertEquals(Verdict.SAME, verdict(noisy(1, 5000, 1000, 0.05), noisy(2, 5000, 1000, 0.05)));
    }

    @Test
    void fivePercentMoreTimeIsSlowerAndLessIsFaster() {
        assertTrue(count(Verdict.SLOWER, 50, 1.05, 0.02) >= 45);
        assertTrue(count(Verdict.FASTER, 50, 1 / 1.05, 0.02) >= 45);
        assertEquals(PAIRS, count(Verdict.SLOWER, 10, 1.05, 0.01));
    }

    @Test
    void whatTheNoiseHidesIsUnsure() {
        assertTrue(count(Verdict.UNSURE, 20, 1.05, 0.2) >= 48);
        assertEquals(0, count(Verdict.SLOWER, 15, 1, 0.04));
        assertEquals(0, count(Verdict.FASTER, 15, 1, 0.04));
        assertEquals(Verdict.SLOWER, verdict(noisy(1, 20, 1000, 0.2), noisy(2, 20, 3000, 0.2)));
    }

    @Test
    void betweenSameAndSlowerThereIsUnsure() {
        assertEquals(Verdict.SAME, verdict(noisy(1, 400, 1000, 0.01), noisy(2, 400, 1015, 0.01)));
        assertEquals(Verdict.UNSURE, verdict(noisy(1, 400, 1000, 0.01), noisy(2, 400, 1025, 0.01)));
        assertEquals(Verdict.SLOWER, verdict(noisy(1, 400, 1000, 0.01), noisy(2, 400, 1035, 0.01)));
    }

    @Test
    void aSeriesThatDriftsSaysLess() {
        double[] steady = noisy(1, 100, 1000, 0.002);
        double[] drifting = noisy(2, 100, 1000, 0.002);
        Arrays.setAll(drifting, i -> drifting[i] * (1 + 0.1 * i / 100));
        assertEquals(Verdict.UNSURE, verdict(steady, drifting));
        double[] twice = Arrays.stream(drifting).map(t -> 2 * t).toArray();
        assertEquals(Verdict.SLOWER, verdict(steady, twice));
    }

    @Test
    void tooFewSamplesSayNothing() {
        ComparedLine line = compare(
                        Records.of(line("sardonyx", 64, noisy(1, 7, 1000, 0))),
                        Records.of(line("sardonyx", 64, noisy(1, 100, 2000, 0))))
                .lines()
                .get(0);
        assertEquals(Verdict.UNSURE, line.verdict());
        assertEquals(Optional.empty(), line.ratio());
        assertEquals("too few samples: 7, needed 8", line.basis());
        assertEquals(Verdict.SLOWER, verdict(noisy(1, 8, 1000, 0), noisy(1, 8, 2000, 0)));
    }

    @Test
    void theSameFilesGiveTheSameAnswer() {
        BenchmarkRecord before = Records.of(line("sardonyx", 64, noisy(1, 30, 1000, 0.03)));
        BenchmarkRecord after = Records.of(line("sardonyx", 64, noisy(2, 30, 1000, 0.03)));
        assertEquals(compare(before, after), compare(before, after));
    }

    @Test
    void aMachineThatBecameSlowerIsNotTheCodes() {
        Optional<String> roof = Optional.of("fma.float32");
        BenchmarkRecord before = Records.of(
                List.of(Records.roof(1e11)),
                Records.provenance("a processor", Map.of()),
                line("sardonyx", 64, roof, Optional.empty(), noisy(1, 50, 1000, 0.005)));
        List<Roof> slower = List.of(Records.roof(1e11 / 1.06));
        BenchmarkRecord same = Records.of(
                slower,
                Records.provenance("a processor", Map.of()),
                line("sardonyx", 64, roof, Optional.empty(), noisy(2, 50, 1060, 0.005)));
        Comparison comparison = compare(before, same);
        assertEquals(Verdict.UNSURE, comparison.lines().get(0).verdict());
        assertEquals("times and the roof fma.float32", comparison.lines().get(0).basis());
        assertTrue(comparison.warnings().get(0).contains("fma.float32 of cpu"), comparison.toString());
        BenchmarkRecord worse = Records.of(
                slower,
                Records.provenance("a processor", Map.of()),
                line("sardonyx", 64, roof, Optional.empty(), noisy(2, 50, 1300, 0.005)));
        assertEquals(Verdict.SLOWER, compare(before, worse).lines().get(0).verdict());
    }

    @Test
    void aContenderThatTookTurnsIsTheBestControl() {
        Map<String, String> versions = Map.of("onnxruntime", "1.29.0");
        BenchmarkRecord before = besidePeer(versions, 1, 1000, 1.4);
        Comparison same = compare(before, besidePeer(versions, 2, 1100, 1.4)); // the machine slowed down by a tenth
        assertEquals("turns beside onnxruntime", same.lines().get(0).basis());
        assertEquals(Verdict.SAME, same.lines().get(0).verdict());
        assertEquals(Verdict.UNSURE, same.lines().get(1).verdict());
        assertEquals(
                "the machine: onnxruntime has not changed", same.lines().get(1).basis());
        Comparison slower = compare(before, besidePeer(versions, 3, 1000, 1.4 / 1.05));
        assertEquals(Verdict.SLOWER, slower.lines().get(0).verdict());
        Comparison other = compare(before, besidePeer(Map.of("onnxruntime", "1.30.0"), 3, 1000, 1.4));
        assertEquals(LineComparison.TIMES_ALONE, other.lines().get(0).basis());
        assertTrue(other.warnings().get(0).contains("1.30.0"), other.toString());
    }

    private static BenchmarkRecord besidePeer(Map<String, String> versions, long seed, double time, double speedUp) {
        List<Double> turns =
                Arrays.stream(noisy(seed, 20, speedUp, 0.01)).boxed().toList();
        Ratio ratio = new Ratio("onnxruntime", speedUp, speedUp * 0.99, speedUp * 1.01, turns);
        return Records.of(
                List.of(),
                Records.provenance("a processor", versions),
                line("sardonyx", 64, Optional.empty(), Optional.of(ratio), noisy(seed, 20, time, 0.01)),
                line("onnxruntime", 64, noisy(seed, 20, time * speedUp, 0.01)));
    }

    @Test
    void countsOfASimulatorAreExact() {
        Comparison comparison =
                compare(counted(Map.of("launches", 4.0, "bytes", 100.0)), counted(Map.of("bytes", 103.0)));
        assertEquals(Verdict.SLOWER, comparison.lines().get(0).verdict());
        assertEquals("the simulator's count of bytes", comparison.lines().get(0).basis());
        BenchmarkRecord one = counted(Map.of("launches", 1.0));
        assertEquals(Verdict.SAME, compare(one, one).lines().get(0).verdict());
        assertEquals(
                "no counts in common",
                compare(one, counted(Map.of("launches", 0.0))).lines().get(0).basis());
    }

    private static BenchmarkRecord counted(Map<String, Double> counts) {
        Measurement line = line("sardonyx", 64, 1);
        return Records.of(new Measurement(
                line.benchmark(),
                line.axes(),
                line.dtype(),
                "sim:0",
                0,
                line.contender(),
                Measurement.Instrument.COUNTS,
                line.cache(),
                line.flops(),
                line.bytes(),
                Times.none(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                counts));
    }

    /** Whoever computes; two threads are slower then. */
    @Test
    void coresThatWereNearAndThenApartAllowNoVerdict() {
        ComparedLine line =
                compare(handedOver(50, 1000), handedOver(330, 1500)).lines().get(0);
        assertEquals(Verdict.UNSURE, line.verdict());
        assertEquals("the cores: a hand-over took 50 ns, then 330", line.basis());
        assertEquals(
                Verdict.SLOWER,
                compare(handedOver(50, 1000), handedOver(56, 1500))
                        .lines()
                        .get(0)
                        .verdict());
        assertEquals(
                Verdict.SLOWER,
                compare(handedOver(0, 1000), handedOver(330, 1500))
                        .lines()
                        .get(0)
                        .verdict());
    }

    private static BenchmarkRecord handedOver(double handOver, double nanoseconds) {
        return Records.of(
                line("sardonyx", 64, noisy(1, 50, nanoseconds, 0.01)).counting(Map.of(HandOver.COUNT, handOver)));
    }

    @Test
    void linesOfOneRecordOnlyAreNamed() {
        double[] samples = noisy(1, 10, 1000, 0.001);
        Comparison comparison = compare(
                Records.of(line("sardonyx", 64, samples), line("sardonyx", 65, samples)),
                Records.of(line("sardonyx", 66, samples), line("sardonyx", 64, samples)));
        assertEquals(1, comparison.lines().size());
        assertEquals(
                "[matmul m=65 float32 on cpu, 1 thread, sardonyx, turns, warm]",
                comparison.onlyBefore().toString());
        assertEquals("66", comparison.onlyAfter().get(0).axes().get("m"));
        assertEquals(1, comparison.count(Verdict.SAME));
        assertFalse(comparison.warnings().isEmpty());
    }

    @Test
    void whatDoesNotCompareIsRefused() {
        BenchmarkRecord record = Records.of(line("sardonyx", 64, 1));
        refused("a processor, 2 cores, avx512; another, 2 cores", record, "another", line("sardonyx", 64, 1));
        refused("no line in common", record, "a processor", line("sardonyx", 65, 1));
        refused("no line in common", record, "a processor");
        refused("two lines of matmul m=64", record, "a processor", line("sardonyx", 64, 1), line("sardonyx", 64, 2));
        assertThrows(IllegalArgumentException.class, () -> new Threshold(0));
        assertThrows(IllegalArgumentException.class, () -> new Threshold(Double.NaN));
    }

    private static void refused(String expected, BenchmarkRecord before, String processor, Measurement... lines) {
        BenchmarkRecord after = Records.of(List.of(), Records.provenance(processor, Map.of()), lines);
        String message = assertThrows(IllegalArgumentException.class, () -> compare(before, after))
                .getMessage();
        assertTrue(message.contains(expected), message);
    }
}
