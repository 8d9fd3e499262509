package io.sardonyx.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.bench.record.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static double[] upTo(int n) {
        return IntStream.rangeClosed(1, n).mapToDouble(i -> i).toArray();
    }

    /** Conover, Practical Nonparametric Statistics: order statistics for a median with 99 %. */
    @Test
    void theIntervalOfAMedian() {
        assertEquals(new MedianInterval(3, 1, 5), MedianInterval.of(upTo(5)), "too few for 99 %");
        assertEquals(new MedianInterval(4.5, 1, 8), MedianInterval.of(upTo(8)));
        assertEquals(new MedianInterval(6, 1, 11), MedianInterval.of(upTo(11)));
        assertEquals(new MedianInterval(6.5, 2, 11), MedianInterval.of(upTo(12)));
        assertEquals(new MedianInterval(8, 3, 13), MedianInterval.of(upTo(15)));
        assertEquals(new MedianInterval(15.5, 8, 23), MedianInterval.of(upTo(30)));
        assertEquals(new MedianInterval(1, 1, 1), MedianInterval.of(upTo(1)));
    }

    @Test
    void theOrderOfValuesDoesNotMatter() {
        List<Double> values = new ArrayList<>(Arrays.stream(upTo(15)).boxed().toList());
        Collections.reverse(values);
        assertEquals(
                MedianInterval.of(upTo(15)),
                MedianInterval.of(values.stream().mapToDouble(d -> d).toArray()));
    }

    @Test
    void samplesBesideALowClockAreDropped() {
        List<Sample> samples = List.of(
                new Sample(100, 10),
                new Sample(101, 11),
                new Sample(180, 19),
                new Sample(99, 12.4),
                new Sample(150, 12.6));
        Throttle throttle = Throttle.of(samples);
        assertEquals(2, throttle.dropped());
        assertEquals(
                List.of(100.0, 101.0, 99.0),
                Arrays.stream(throttle.nanoseconds()).boxed().toList());
    }

    @Test
    void noMoreThanHalfOfThemAre() {
        List<Sample> samples =
                List.of(new Sample(1, 10), new Sample(2, 20), new Sample(3, 30), new Sample(4, 40), new Sample(5, 50));
        Throttle throttle = Throttle.of(samples);
        assertEquals(2, throttle.dropped());
        assertEquals(
                List.of(1.0, 2.0, 3.0),
                Arrays.stream(throttle.nanoseconds()).boxed().toList());
        assertEquals(0, Throttle.of(samples.subList(0, 1)).dropped());
    }

    private static Times times(double... samples) {
        return Times.of(samples, 1, Times.Stop.TIME, 0);
    }

    private static double[] steady(int n) {
        return DoubleStream.iterate(100, x -> x == 100 ? 100.5 : 100).limit(n).toArray();
    }

    private static double[] noisy(int n) {
        return DoubleStream.iterate(100, x -> x == 100 ? 110 : 100).limit(n).toArray();
    }

    @Test
    void samplingStopsWhenAllAreSteadyOrTheTimeIsOver() {
        StopRule rule = new StopRule(2);
        List<Times> steady = List.of(times(steady(10)), times(steady(12)));
        List<Times> noisy = List.of(times(steady(10)), times(noisy(12)));
        assertEquals(Optional.of(Times.Stop.NOISE), rule.after(8, steady, 0.1));
        assertEquals(Optional.empty(), rule.after(8, noisy, 3.9));
        assertEquals(Optional.of(Times.Stop.TIME), rule.after(8, noisy, 4), "two seconds for each of both");
    }

    @Test
    void neverWithFewerThanTenSamplesOrEightTurns() {
        StopRule rule = new StopRule(2);
        assertEquals(Optional.empty(), rule.after(20, List.of(times(steady(9)), times(steady(10))), 100));
        assertEquals(Optional.empty(), rule.after(7, List.of(times(steady(10)), times(steady(10))), 100));
        assertEquals(
                Optional.of(Times.Stop.NOISE), rule.after(1, List.of(times(steady(10))), 0), "nobody to compare with");
    }
}
