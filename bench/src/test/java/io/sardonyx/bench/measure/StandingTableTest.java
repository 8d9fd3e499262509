package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.bench.record.Ratio;
import io.sardonyx.bench.record.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingTableTest {
    private static final String OURS = "sardonyx";

    /** Of {@code [m, 384] x [384, 1536]}. */
    private static Measurement line(int m, int threads, String contender, Optional<Double> speedUp) {
        Map<String, String> axes = new LinkedHashMap<>();
        axes.put("m", Integer.toString(m));
        axes.put("n", "1536");
        axes.put("k", "384");
        return new Measurement(
                "matmul",
                axes,
                "float32",
                "cpu",
                threads,
                contender,
                Instrument.TURNS,
                Cache.WARM,
                1,
                1,
                Times.of(new double[] {2500}, 1, Times.Stop.TIME, 0),
                Optional.empty(),
                Optional.empty(),
                speedUp.map(s -> new Ratio(OURS, s, s, s, List.of())));
    }

    private static List<String> printed(Measurement... lines) {
        List<String> rows = new ArrayList<>();
        new StandingTable(OURS, cells -> rows.add(String.join(" | ", cells)), () -> rows.add("")).print(List.of(lines));
        return rows;
    }

    @Test
    void everyPointThenAllOfThem() {
        assertEquals(
                List.of(
                        "",
                        "matmul float32, cpu, 2 threads, warm: sardonyx | µs | × openblas | × onednn | × the best of them",
                        ":-- | --: | --: | --: | --:",
                        "m=1 n=1536 k=384 (MiniLM up) | 2.50 | 2.00 | 0.50 | 0.50",
                        "m=2 n=1536 k=384 | 2.50 | 8.00 | – | 8.00",
                        "geometric mean |  | 4.00 | 0.50 | 2.00",
                        "least |  | 2.00 | 0.50 | 0.50",
                        "at least 1.00 |  | 2 of 2 | 0 of 1 | 1 of 2"),
                printed(
                        line(1, 2, OURS, Optional.empty()),
                        line(1, 2, "openblas", Optional.of(0.5)),
                        line(1, 2, "onednn", Optional.of(2.0)),
                        line(2, 2, OURS, Optional.empty()),
                        line(2, 2, "openblas", Optional.of(0.125))));
    }

    @Test
    void whatIsAlikeHasATableOfItsOwn() {
        List<String> rows = printed(
                line(1, 1, "openblas", Optional.of(0.5)),
                line(1, 2, "openblas", Optional.of(0.5)),
                line(2, 1, "openblas", Optional.of(0.5)),
                line(2, 2, "openblas", Optional.of(0.5)));
        assertEquals(2, rows.stream().filter(String::isEmpty).count());
    }

    @Test
    void oneLineOrNobodyElseNeedsNoTable() {
        assertEquals(List.of(), printed(line(1, 1, OURS, Optional.empty()), line(1, 1, "openblas", Optional.of(2.0))));
        assertEquals(List.of(), printed(line(1, 1, OURS, Optional.empty()), line(2, 1, OURS, Optional.empty())));
    }
}
