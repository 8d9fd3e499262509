package io.sardonyx.bench;

import java.util.Arrays;

/** Whether two that are timed beside each other compute the same. */
public final class Agreement {
    /** Fewer values than these have no cosine worth the name. */
    private static final int FEW = 8;

    private Agreement() {}

    /**
     * @throws IllegalStateException if the outputs do not agree: the cosine of both, less their means, is below {@code least}, or
     *     where they are few, 1 less their relative difference
     */
    public static void require(String name, double[] mine, double[] theirs, double least) {
        double agreement = mine.length < FEW ? 1 - relativeDifference(mine, theirs) : cosine(mine, theirs);
        if (mine.length != theirs.length || !(agreement >= least)) {
            throw new IllegalStateException(name + ": the outputs do not agree: cosine " + agreement
                    + ", expected at least " + least + "; no time is given");
        }
    }

    private static double relativeDifference(double[] x, double[] y) {
        double difference = 0;
        double whole = 0;
        for (int i = 0; i < Math.min(x.length, y.length); i++) {
            difference += (x[i] - y[i]) * (x[i] - y[i]);
            whole += y[i] * y[i];
        }
        return Math.sqrt(difference / whole);
    }

    private static double cosine(double[] x, double[] y) {
        double xMean = Arrays.stream(x).average().orElse(0);
        double yMean = Arrays.stream(y).average().orElse(0);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < Math.min(x.length, y.length); i++) {
            xy += (x[i] - xMean) * (y[i] - yMean);
            xx += (x[i] - xMean) * (x[i] - xMean);
            yy += (y[i] - yMean) * (y[i] - yMean);
        }
        return xy / Math.sqrt(xx * yy);
    }
}
