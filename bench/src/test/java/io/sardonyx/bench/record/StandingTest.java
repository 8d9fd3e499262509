package io.sardonyx.bench.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Measurement.Instrument;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final String OURS = "sardonyx";

    /** @param speedUp of the contender over us; 0 for a line without a ratio */
    private static Measurement line(String m, String contender, double speedUp) {
        return new Measurement(
                "matmul",
                Map.of("m", m),
                "float32",
                "cpu",
                1,
                contender,
                Instrument.TURNS,
                Cache.WARM,
                1,
                1,
                Times.of(new double[] {1}, 1, Times.Stop.TIME, 0),
                Optional.empty(),
                Optional.empty(),
                speedUp == 0 ? Optional.empty() : Optional.of(new Ratio(OURS, speedUp, speedUp, speedUp, List.of())));
    }

    @Test
    void eachOtherAndTheBestOfThem() {
        List<Standing> standings = Standing.of(
                OURS,
                List.of(
                        line("1", OURS, 0),
                        line("1", "openblas", 0.5), // we are twice as fast
                        line("1", "onednn", 2),
                        line("2", OURS, 0),
                        line("2", "openblas", 0.125),
                        line("2", "onednn", 1)));
        assertEquals(
                List.of("openblas", "onednn", Standing.BEST),
                standings.stream().map(Standing::to).toList());
        assertStanding(standings.get(0), 4, 2, 2);
        assertStanding(standings.get(1), Math.sqrt(0.5), 0.5, 1);
        assertStanding(standings.get(2), Math.sqrt(0.5), 0.5, 1);
    }

    private static void assertStanding(Standing standing, double mean, double least, int reached) {
        assertEquals(2, standing.points());
        assertEquals(mean, standing.mean(), 1e-12);
        assertEquals(least, standing.least());
        assertEquals(reached, standing.reached());
    }

    @Test
    void oneAloneHasNoBest() {
        assertEquals(
                List.of(new Standing("openblas", 1, 2, 2, 1)),
                Standing.of(OURS, List.of(line("1", OURS, 0), line("1", "openblas", 0.5))));
    }

    @Test
    void nobodyElseIsNoStanding() {
        assertEquals(List.of(), Standing.of(OURS, List.of(line("1", OURS, 0))));
    }

    @Test
    void whoIsMissingAtAPointIsNotCountedThere() {
        List<Standing> standings = Standing.of(
                OURS, List.of(line("1", "openblas", 0.5), line("1", "onednn", 0.25), line("2", "openblas", 0.5)));
        assertEquals(List.of(2, 1, 2), standings.stream().map(Standing::points).toList());
        assertEquals(2, standings.get(2).least());
    }
}
