package io.sardonyx.bench.measure;

import io.sardonyx.bench.device.GpuSensor;
import io.sardonyx.bench.device.GpuSensor.Reading;
import io.sardonyx.bench.device.LibraryMissingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A GPU's clock beside samples, as long as its sensor says it. */
final class SmClock {
    /** Nanoseconds of so many cycles are a {@linkplain Sample#pulse pulse}. */
    private static final double CYCLES = 1000;

    private final List<Reading> readings = new ArrayList<>();
    private Optional<GpuSensor> sensor;
    private String missing;

    /** @param missing why there is no sensor, if there is none */
    SmClock(Optional<GpuSensor> sensor, String missing) {
        this.sensor = sensor;
        this.missing = missing;
    }

    /** Why it is not sampled; empty where it is. */
    String missing() {
        return missing;
    }

    /** A sample that was taken just now. Infinite is the pulse of one that says little, and 0 where nothing is known. */
    Sample beside(double nanoseconds, List<Reading> line) {
        if (sensor.isEmpty()) {
            return new Sample(nanoseconds, 0);
        }
        Reading reading;
        try {
            reading = sensor.get().read();
        } catch (LibraryMissingException e) {
            sensor = Optional.empty();
            missing = e.getMessage();
            return new Sample(nanoseconds, 0);
        }
        readings.add(reading);
        line.add(reading);
        boolean low = reading.heldBack() || reading.smMegahertz() == 0;
        return new Sample(nanoseconds, low ? Double.POSITIVE_INFINITY : CYCLES / reading.smMegahertz() * 1e3);
    }

    /** What a line says of its clocks. */
    static Map<String, Double> counts(List<Reading> line) {
        Map<String, Double> counts = new TreeMap<>();
        if (!line.isEmpty()) {
            counts.put("MHz SM", (double) middle(line));
            counts.put("power-capped samples", (double)
                    line.stream().filter(Reading::powerCapped).count());
        }
        return counts;
    }

    private static int middle(List<Reading> some) {
        return sorted(some.stream().mapToInt(Reading::smMegahertz))[some.size() / 2];
    }

    private static int[] sorted(IntStream values) {
        return values.sorted().toArray();
    }

    /** Of all so far, for people; empty where there are none. */
    String describe() {
        if (readings.isEmpty()) {
            return "";
        }
        double watts = readings.stream().mapToDouble(Reading::watts).max().orElse(0);
        int celsius = readings.stream().mapToInt(Reading::celsius).max().orElse(0);
        return "; SM clock " + range(sorted(readings.stream().mapToInt(Reading::smMegahertz))) + ", memory clock "
                + range(sorted(readings.stream().mapToInt(Reading::memoryMegahertz)))
                + String.format(Locale.ROOT, " MHz (least, median, most), up to %.0f W and %d °C", watts, celsius);
    }

    private static String range(int[] sorted) {
        return String.join(
                " / ",
                Arrays.asList(
                        Integer.toString(sorted[0]),
                        Integer.toString(sorted[sorted.length / 2]),
                        Integer.toString(sorted[sorted.length - 1])));
    }
}
