package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.bench.define.Axis;
import io.sardonyx.bench.define.Benchmarks;
import io.sardonyx.bench.define.ShapeList;
import io.sardonyx.bench.record.Measurement.Cache;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Plans whose points come from a list. */
class ShapePlanTest {
    private static Plan plan(String benchmark, List<Axis> axes) {
        return new Plan(
                List.of(Benchmarks.named(benchmark)),
                axes,
                Optional.of(ShapeList.named("transformers")),
                List.of(),
                List.of("cpu"),
                List.of(1),
                List.of(),
                List.of(Cache.WARM),
                1,
                1);
    }

    @Test
    void thePointsAreTheLists() {
        var problems = plan("linear", List.of()).problems();
        assertEquals(40, problems.size());
        assertEquals("linear m=1 n=312 k=312 float32", problems.get(0).toString());
    }

    @Test
    void axesBesideThemAreRefused() {
        List<Axis> axes = List.of(Axis.parse("m=1"));
        Throwable e = assertThrows(IllegalArgumentException.class, () -> plan("matmul", axes));
        assertEquals("--shapes transformers has all sizes; leave --axis away", e.getMessage());
    }

    @Test
    void benchmarksOfOtherAxesAreRefused() {
        Throwable e = assertThrows(IllegalArgumentException.class, () -> plan("conv", List.of()));
        assertEquals("--shapes transformers: is of matmul and linear, not of conv", e.getMessage());
    }
}
