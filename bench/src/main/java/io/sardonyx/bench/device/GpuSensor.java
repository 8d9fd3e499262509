package io.sardonyx.bench.device;

/** What a GPU says of its own clocks. */
public interface GpuSensor extends AutoCloseable {
    /**
     * Now. It is asked right behind each sample, ours and others' alike: our runs end with a wait, so that there is no moment within them,
     * and a GPU keeps its clocks, and why they are low, for milliseconds after the work.
     */
    Reading read();

    /** One line: model, driver, clocks at most, persistence mode, power limit. */
    String describe();

    @Override
    void close();

    /**
     * At one moment.
     *
     * @param heldBack whether the hardware or its heat keeps clocks low, so that the sample says little: a slowdown by hardware, for
     *     whatever reason, a power brake, or heat
     * @param powerCapped whether the power limit keeps clocks low. That is how large products on tensor cores run, and no accident
     */
    record Reading(
            int smMegahertz, int memoryMegahertz, boolean heldBack, boolean powerCapped, double watts, int celsius) {}
}
