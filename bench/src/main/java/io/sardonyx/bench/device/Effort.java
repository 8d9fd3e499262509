package io.sardonyx.bench.device;

import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;

/**
 * How long to measure, for all contenders alike.
 *
 * @param rotatedBytes buffers are changed from launch to launch until so much was touched, so that no cache holds them
 * @param batchMicroseconds launches are timed together for about so long
 * @param warmSeconds before the first sample, so that clocks settle
 */
public record Effort(long rotatedBytes, double batchMicroseconds, double warmSeconds, int samples) {
    /** Five times the L2 of an H100. */
    public static final Effort GPU = new Effort(256L << 20, 5000, 0.06, 17);

    /** The same buffers in each launch, so that caches hold what fits. */
    public static final Effort WARM = new Effort(0, 5000, 0.06, 17);

    /** For many shapes in little time. */
    public static final Effort BRIEF = new Effort(256L << 20, 3000, 0.03, 9);

    /** To see that everything runs. */
    public static final Effort SMOKE = new Effort(0, 0, 0, 3);

    private static final int MOST_SETS = 512;
    private static final int MOST_LAUNCHES = 2048;

    /** As one argument of another process. */
    String words() {
        return rotatedBytes + "," + batchMicroseconds + "," + warmSeconds + "," + samples;
    }

    static Effort parse(String words) {
        String[] parts = words.split(",");
        return new Effort(
                Long.parseLong(parts[0]),
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Integer.parseInt(parts[3]));
    }

    /** How many sets of buffers of these bytes there are to be. */
    int sets(long bytes) {
        return (int) Math.max(1, Math.min(MOST_SETS, (rotatedBytes + bytes - 1) / bytes));
    }

    /**
     * Times batches.
     *
     * @param sets how many launches use every buffer once; a batch has at least so many
     * @param batches for a number of launches what runs them once and gives the microseconds that took
     */
    Samples measure(int sets, IntFunction<DoubleSupplier> batches) {
        DoubleSupplier one = batches.apply(sets);
        double first = one.getAsDouble();
        double second = one.getAsDouble(); // a graph is made of what runs a second time
        double each = Math.max(0.1, Math.min(Math.min(first, second), one.getAsDouble()) / sets);
        int launches = (int) Math.min(MOST_LAUNCHES, Math.max(sets, batchMicroseconds / each));
        DoubleSupplier batch = launches == sets ? one : batches.apply(launches);
        double warmed = 0;
        do {
            warmed += Math.max(1, batch.getAsDouble());
        } while (warmed < warmSeconds * 1e6);
        double[] times = new double[samples];
        for (int i = 0; i < samples; i++) {
            times[i] = batch.getAsDouble() / launches;
        }
        return Samples.of(times);
    }
}
