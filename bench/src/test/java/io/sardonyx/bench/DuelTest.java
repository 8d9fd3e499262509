package io.sardonyx.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sardonyx.bench.Duel.Turn;
import java.util.List;
import org.junit.jupiter.api.Test;

class DuelTest {
    private static final double MS = 1e6;

    /** Of a machine whose cores were apart in the turns where hand-over took 330 ns. */
    @Test
    void turnsWithCoresApartAreDroppedAndSaid() {
        List<Turn> turns = List.of(
                new Turn(2 * MS, 3 * MS, 50),
                new Turn(4 * MS, 4 * MS, 330),
                new Turn(2 * MS, 2 * MS, 56),
                new Turn(4 * MS, 2 * MS, 320),
                new Turn(3 * MS, 6 * MS, 99));
        assertEquals(new Duel.Result(2, 3, 1.5, 1, 2, 56, 2, 1.0), Duel.result(turns, 3));
    }

    @Test
    void allCountWhereHardlyAnyWasNear() {
        List<Turn> turns =
                List.of(new Turn(4 * MS, 4 * MS, 330), new Turn(2 * MS, 3 * MS, 50), new Turn(4 * MS, 2 * MS, 320));
        Duel.Result result = Duel.result(turns, 3);
        assertEquals(1, result.ratio());
        assertEquals(320, result.handOver());
        assertEquals(0, result.dropped());
        assertNull(result.apart());
    }

    @Test
    void withOneThreadNothingIsApart() {
        List<Turn> turns = List.of(new Turn(MS, 2 * MS, 0), new Turn(MS, 3 * MS, 0), new Turn(MS, 4 * MS, 0));
        assertEquals(new Duel.Result(1, 3, 3, 2, 4, 0, 0, null), Duel.result(turns, 3));
    }
}
