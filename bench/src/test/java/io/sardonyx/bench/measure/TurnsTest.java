package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.bench.collective.VerificationException;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Ratio;
import io.sardonyx.bench.record.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final List<String> log = new ArrayList<>();
    private long now;

    /** Two samples in a turn; the machine becomes slower from turn to turn, for everybody. */
    private final class Scripted implements Participant {
        private final Contender contender;
        private final double nanoseconds;
        private final int wrongAt;
        private int verified;
        private int turns;

        Scripted(Contender contender, double nanoseconds, int wrongAt) {
            this.contender = contender;
            this.nanoseconds = nanoseconds;
            this.wrongAt = wrongAt;
        }

        @Override
        public Contender contender() {
            return contender;
        }

        @Override
        public String device() {
            return "cpu";
        }

        @Override
        public void verify() {
            log.add("verify " + contender);
            if (++verified == wrongAt) {
                throw new VerificationException("wrong");
            }
        }

        @Override
        public int warm(double seconds, Cache cache) {
            log.add("warm " + contender);
            return 3;
        }

        @Override
        public List<Sample> sample(double seconds, Cache cache) {
            log.add("sample " + contender);
            now += (long) (seconds * 1e9);
            double time = nanoseconds * (1 + 0.1 * turns++);
            return List.of(new Sample(time, 10), new Sample(time, 10));
        }

        @Override
        public void close() {}
    }

    private List<Turns.Outcome> run(Participant... participants) {
        return new Turns(List.of(participants), new StopRule(1), () -> now).run(Cache.WARM);
    }

    @Test
    void aMachineThatSlowsDownSlowsAllOfThem() {
        List<Turns.Outcome> outcomes =
                run(new Scripted(Contender.SARDONYX, 100, 0), new Scripted(Contender.ONNXRUNTIME, 200, 0));
        assertEquals(Optional.empty(), outcomes.get(0).ratio());
        Ratio ratio = outcomes.get(1).ratio().orElseThrow();
        assertEquals("sardonyx", ratio.to());
        assertEquals(0.5, ratio.speedUp(), 1e-12);
        assertEquals(0.5, ratio.low(), 1e-12);
        assertEquals(0.5, ratio.high(), 1e-12);
        Times times = outcomes.get(0).times();
        assertEquals(Times.Stop.TIME, times.stoppedBy());
        assertEquals(3, times.calls());
        assertEquals(2 * ratio.turns().size(), times.samples().size());
    }

    @Test
    void verifiedBeforeAndAfterAndInOppositeOrderInEachSecondTurn() {
        run(new Scripted(Contender.SARDONYX, 100, 0), new Scripted(Contender.OPENBLAS, 100, 0));
        assertEquals(
                List.of("verify sardonyx", "warm sardonyx", "verify openblas", "warm openblas"), log.subList(0, 4));
        assertEquals(
                List.of("sample sardonyx", "sample openblas", "sample openblas", "sample sardonyx"), log.subList(4, 8));
        assertEquals(List.of("verify sardonyx", "verify openblas"), log.subList(log.size() - 2, log.size()));
    }

    @Test
    void noTimeIfAResultIsWrongBeforeOrAfter() {
        for (int wrongAt : new int[] {1, 2}) {
            assertThrows(VerificationException.class, () -> run(new Scripted(Contender.SARDONYX, 100, wrongAt)));
        }
        assertEquals(
                1,
                IntStream.range(0, log.size())
                        .filter(i -> log.get(i).startsWith("warm"))
                        .count());
    }

    /** The hand-over is measured before the first turn and behind each. */
    private List<Turns.Outcome> run(IntToDoubleFunction handOver) {
        List<Participant> two =
                List.of(new Scripted(Contender.SARDONYX, 100, 0), new Scripted(Contender.OPENBLAS, 100, 0));
        AtomicInteger measured = new AtomicInteger();
        return new Turns(
                        two,
                        new StopRule(1),
                        () -> now,
                        Throttle::of,
                        () -> handOver.applyAsDouble(measured.getAndIncrement()))
                .run(Cache.WARM);
    }

    private long turns() {
        return log.stream().filter("sample sardonyx"::equals).count();
    }

    @Test
    void turnsWithTheCoresApartAreDroppedAndOthersTaken() {
        Turns.Outcome outcome = run(number -> number % 4 == 2 ? 330 : 50).get(1);
        assertEquals(16, turns()); // 15 would fill the time, of which seven are near
        double[] near = {0, 3, 4, 7, 8, 11, 12, 15};
        assertEquals(
                Arrays.stream(near)
                        .flatMap(turn -> DoubleStream.of(100 * (1 + 0.1 * turn), 100 * (1 + 0.1 * turn)))
                        .boxed()
                        .toList(),
                outcome.times().samples());
        assertEquals(8, outcome.ratio().orElseThrow().turns().size());
        assertEquals(Map.of(HandOver.COUNT, 50.0, Turns.APART, 8.0), outcome.counts());
    }

    @Test
    void allTurnsCountWhereTheCoresStayApart() {
        Turns.Outcome outcome = run(number -> number < 2 ? 50 : 330).get(1);
        assertEquals(46, turns()); // 45 of them end some nanoseconds before three times the time
        assertEquals(46, outcome.ratio().orElseThrow().turns().size());
        assertEquals(Map.of(HandOver.COUNT, 330.0, Turns.APART, 0.0), outcome.counts());
    }

    @Test
    void nothingIsSaidOfAHandOverThatWasNotMeasured() {
        assertEquals(
                Map.of(), run(new Scripted(Contender.SARDONYX, 100, 0)).get(0).counts());
    }
}
