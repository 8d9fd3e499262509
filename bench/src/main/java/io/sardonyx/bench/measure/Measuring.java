package io.sardonyx.bench.measure;

/** What measures, and tells its findings and a listener. */
public interface Measuring {
    /** Until all is measured, or something is wrong. */
    void run();

    /** From another thread: ends the processes, so that {@link #run} fails soon. */
    void kill();
}
