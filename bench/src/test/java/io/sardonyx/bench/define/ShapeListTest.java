package io.sardonyx.bench.define;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.tensor.DType;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShapeListTest {
    @Test
    void transformersAreFortyProductsThatTheBenchmarksKnow() {
        ShapeList list = ShapeList.named("transformers");
        for (String benchmark : list.benchmarks()) {
            var problems = list.shapes().stream()
                    .map(shape -> Benchmarks.named(benchmark).at(shape.axes(), DType.FLOAT32))
                    .map(Problem::toString)
                    .collect(Collectors.toSet());
            assertEquals(40, problems.size());
        }
        assertEquals(
                10, list.shapes().stream().filter(s -> s.axes().get("m") == 1).count());
    }

    @Test
    void anUnknownListIsRefused() {
        Throwable e = assertThrows(IllegalArgumentException.class, () -> ShapeList.named("trees"));
        assertEquals("--shapes trees: there is no such list; there are transformers, squares", e.getMessage());
    }
}
