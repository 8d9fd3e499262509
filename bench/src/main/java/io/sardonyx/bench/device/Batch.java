package io.sardonyx.bench.device;

import java.util.function.DoubleSupplier;

/** Launches that are timed together, as often as one likes. Whoever opened it closes it. */
public final class Batch implements AutoCloseable {
    private final int launches;
    private final DoubleSupplier run;
    private final Runnable close;

    /**
     * @param run runs all of them once and gives the microseconds of all
     * @param close frees what they need
     */
    public Batch(int launches, DoubleSupplier run, Runnable close) {
        this.launches = launches;
        this.run = run;
        this.close = close;
    }

    /** How many there are. */
    public int launches() {
        return launches;
    }

    /** Runs all of them once: microseconds of one. */
    public double microseconds() {
        return run.getAsDouble() / launches;
    }

    /** The same, which frees that, too. */
    public Batch closing(Runnable more) {
        return new Batch(launches, run, () -> {
            close.run();
            more.run();
        });
    }

    @Override
    public void close() {
        close.run();
    }
}
