package io.sardonyx.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class QuantityTest {
    @Test
    void threeDigitsAndAPrefix() {
        assertEquals("0.00 B/s", Quantity.rate(0, "B/s"));
        assertEquals("999 FLOP/s", Quantity.rate(999.4, "FLOP/s"));
        assertEquals("1.00 kFLOP/s", Quantity.rate(999.6, "FLOP/s"));
        assertEquals("96.4 GFLOP/s", Quantity.rate(9.64e10, "FLOP/s"));
        assertEquals("123 GB/s", Quantity.rate(1.234e11, "B/s"));
        assertEquals("5000 EB/s", Quantity.rate(5e21, "B/s"));
    }

    @Test
    void timesOfEachUnit() {
        assertEquals("12.0 ns", Quantity.time(12));
        assertEquals("1.50 µs", Quantity.time(1500));
        assertEquals("10.0 ms", Quantity.time(9.999e6));
        assertEquals("2.50 s", Quantity.time(2.5e9));
    }

    @Test
    void partsAndFactors() {
        assertEquals("0.4 %", Quantity.percent(0.004));
        assertEquals("10 %", Quantity.percent(0.0999));
        assertEquals("104 %", Quantity.percent(1.04));
        assertEquals("1.43×", Quantity.factor(1.426));
    }
}
