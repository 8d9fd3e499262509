package io.sardonyx.tensor;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reports tensors that were never closed, when the garbage collector finds them, on {@code System.err}. The system property
 * {@code sardonyx.leaks} says how much: {@code off}; {@code sampled} (the default) notes where one of 128 tensors was made;
 * {@code all} notes it for every one.
 */
public final class LeakReport {
    enum Level {
        OFF,
        SAMPLED,
        ALL
    }

    /** What is remembered of an allocation. */
    interface Allocation {
        void leaked();
    }

    static final Allocation NOT_TRACKED = () -> {};
    private static final int SAMPLE = 128;
    private static final Level LEVEL =
            Level.valueOf(System.getProperty("sardonyx.leaks", "sampled").toUpperCase(Locale.ROOT));
    private static final AtomicLong LEAKED = new AtomicLong();
    private static final Allocation COUNTED = LEAKED::incrementAndGet;

    private LeakReport() {}

    /** Tensors that the garbage collector found unclosed since the program began. */
    public static long leaked() {
        return LEAKED.get();
    }

    static Allocation allocated(TensorType type) {
        return switch (LEVEL) {
            case OFF -> NOT_TRACKED;
            case SAMPLED -> ThreadLocalRandom.current().nextInt(SAMPLE) == 0 ? new Traced(type) : COUNTED;
            case ALL -> new Traced(type);
        };
    }

    private static final class Traced implements Allocation {
        private final Throwable origin;

        Traced(TensorType type) {
            origin = new Throwable("a tensor " + type + " was never closed; it was made here");
        }

        @Override
        public void leaked() {
            LEAKED.incrementAndGet();
            origin.printStackTrace();
        }
    }
}
