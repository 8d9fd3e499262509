package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HandOverTest {
    @Test
    void aWordGoesThereAndBack() {
        double nanoseconds = new HandOver().nanoseconds();
        if (Runtime.getRuntime().availableProcessors() < 2) {
            assertEquals(0, nanoseconds);
        } else {
            assertTrue(nanoseconds > 0 && Double.isFinite(nanoseconds), nanoseconds + " ns");
        }
    }
}
