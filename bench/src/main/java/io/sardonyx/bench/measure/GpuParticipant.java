package io.sardonyx.bench.measure;

import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.device.Batch;
import io.sardonyx.bench.device.GpuSensor.Reading;
import io.sardonyx.bench.device.LibraryFailedException;
import io.sardonyx.bench.record.Measurement.Cache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** A contender on a GPU, as {@link Turns} see it: launches by the GPU's events, and its clock right behind each sample. */
final class GpuParticipant implements Participant {
    private static final double LEAST_WARM_NANOSECONDS = 0.06e9;

    private final Contender contender;
    private final String name;
    private final String device;
    private final Batch batch;
    private final Runnable verify;
    private final SmClock smClock;
    private final LongSupplier clock;
    private final List<Reading> readings = new ArrayList<>();
    private boolean open = true;

    /**
     * @param name of its line
     * @param batch with the caches as they are to be; it is closed with this
     * @param verify throws if the result is wrong
     * @param clock nanoseconds, for budgets
     */
    GpuParticipant(
            Contender contender,
            String name,
            String device,
            Batch batch,
            Runnable verify,
            SmClock smClock,
            LongSupplier clock) {
        this.contender = contender;
        this.name = name;
        this.device = device;
        this.batch = batch;
        this.verify = verify;
        this.smClock = smClock;
        this.clock = clock;
    }

    @Override
    public Contender contender() {
        return contender;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public void verify() {
        verify.run();
    }

    @Override
    public int warm(double seconds, Cache cache) {
        readings.clear();
        long start = clock.getAsLong();
        WarmUp warmUp = new WarmUp();
        double spent;
        do {
            warmUp.add(microseconds());
            spent = clock.getAsLong() - start;
        } while (spent < seconds * 1e9 && !(warmUp.isStable() && spent >= LEAST_WARM_NANOSECONDS));
        return batch.launches();
    }

    @Override
    public List<Sample> sample(double seconds, Cache cache) {
        long end = clock.getAsLong() + (long) (seconds * 1e9);
        List<Sample> samples = new ArrayList<>();
        do {
            samples.add(smClock.beside(1e3 * microseconds(), readings));
        } while (clock.getAsLong() < end);
        return samples;
    }

    private double microseconds() {
        try {
            return batch.microseconds();
        } catch (LibraryFailedException e) {
            open = false;
            throw e;
        }
    }

    /** Whether it has not failed yet. */
    boolean isOpen() {
        return open;
    }

    /** What its line says of the clocks. */
    Map<String, Double> counts() {
        return SmClock.counts(readings);
    }

    @Override
    public void close() {
        batch.close();
    }
}
