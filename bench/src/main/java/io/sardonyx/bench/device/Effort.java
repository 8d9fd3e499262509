package io.sardonyx.bench.device;

import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;

/**
 * How long to measure, for all contenders alike.
 *
 * @param rotatedBytes buffers are changed from launch to launch until so much was touched at least, so that no cache holds them; 0: the
 *     same buffers in each launch
 * @param batchMicroseconds launches are timed together for about so long
 * @param warmSeconds before the first sample, so that clocks settle
 */
public record Effort(long rotatedBytes, double batchMicroseconds, double warmSeconds, int samples) {
    /** As many bytes as five times the L2 of an H100, or of whatever GPU it is if that is more. */
    public static final Effort GPU = new Effort(256L << 20, 5000, 0.06, 17);

    /** The same buffers in each launch, so that caches hold what fits. */
    public static final Effort WARM = new Effort(0, 5000, 0.06, 17);

    /** For many shapes in little time. */
    public static final Effort BRIEF = new Effort(256L << 20, 3000, 0.03, 9);

    /** To see that everything runs. */
    public static final Effort SMOKE = new Effort(0, 0, 0, 3);

    private static final int ROTATED_CACHES = 5;
    private static final int MOST_SETS = 512;
    private static final int MOST_LAUNCHES = 2048;
    private static final int MOST_ALONE = 32;

    /** More than a host needs to queue two events and a graph of no launches, or one launch. */
    private static final double HOLD_MICROSECONDS = 100;

    private static final double HOLD_MICROSECONDS_A_LAUNCH = 0.5;

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

    /**
     * How many sets of buffers there are to be.
     *
     * @param bytes of one set
     * @param l2 bytes of the device's last cache; 0 where they are not known
     */
    int sets(long bytes, long l2) {
        if (rotatedBytes == 0 || isAlone(bytes, l2)) {
            return 1;
        }
        long rotated = Math.max(rotatedBytes, ROTATED_CACHES * l2);
        return (int) Math.max(1, Math.min(MOST_SETS, (rotated + bytes - 1) / bytes));
    }

    /**
     * Whether caches are to be cold and yet hold most of all the sets that there may be. Then each launch is timed alone, behind copies
     * that write twice the cache.
     */
    boolean isAlone(long bytes, long l2) {
        long cache = l2 > 0 ? l2 : rotatedBytes / ROTATED_CACHES;
        return rotatedBytes > 0 && MOST_SETS * bytes <= 2 * cache;
    }

    /** For how long a queue is held while so many launches, as a graph or one alone, are queued behind that; 0 for none. */
    double holdMicroseconds(int launches) {
        return batchMicroseconds == 0 ? 0 : HOLD_MICROSECONDS + HOLD_MICROSECONDS_A_LAUNCH * launches;
    }

    /**
     * Finds out how many launches make a batch.
     *
     * @param sets how many launches use every buffer once; a batch has at least so many
     * @param batches for a number of launches what runs them once and gives the microseconds that took
     */
    Batch batch(int sets, IntFunction<DoubleSupplier> batches) {
        return batch(sets, MOST_LAUNCHES, batches);
    }

    /** The same for launches that are timed alone. */
    Batch batchOfLone(IntFunction<DoubleSupplier> batches) {
        return batch(1, MOST_ALONE, batches);
    }

    private Batch batch(int least, int most, IntFunction<DoubleSupplier> batches) {
        DoubleSupplier one = batches.apply(least);
        double first = one.getAsDouble();
        double second = one.getAsDouble(); // a graph is made of what runs a second time
        double each = Math.max(0.1, Math.min(Math.min(first, second), one.getAsDouble()) / least);
        int launches = (int) Math.min(most, Math.max(least, batchMicroseconds / each));
        return new Batch(launches, launches == least ? one : batches.apply(launches), () -> {});
    }

    /** Warms up, then takes samples. */
    Samples measure(Batch batch) {
        double warmed = 0;
        do {
            warmed += Math.max(1, batch.microseconds() * batch.launches());
        } while (warmed < warmSeconds * 1e6);
        double[] times = new double[samples];
        for (int i = 0; i < samples; i++) {
            times[i] = batch.microseconds();
        }
        return Samples.of(times);
    }
}
