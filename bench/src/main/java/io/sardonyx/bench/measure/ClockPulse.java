package io.sardonyx.bench.measure;

import java.util.function.LongSupplier;

/**
 * How fast the processor's clock is, seen from a program: the time of a chain of multiplications, each of which waits for the one
 * before. Takes some 15 microseconds.
 */
final class ClockPulse implements LongSupplier {
    private static final int LINKS = 12_000;
    private static final int UNTIL_COMPILED = 2_000;
    private long value = 1;

    ClockPulse() {
        for (int i = 0; i < UNTIL_COMPILED; i++) {
            value = chain(value);
        }
    }

    private static long chain(long x) {
        for (int i = 0; i < LINKS; i++) {
            x = x * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
        }
        return x;
    }

    /** Nanoseconds. */
    @Override
    public long getAsLong() {
        long start = System.nanoTime();
        value = chain(value);
        long end = System.nanoTime();
        return value == 0 ? 1 : end - start; // so that the chain is needed
    }
}
