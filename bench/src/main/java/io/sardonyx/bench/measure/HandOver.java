package io.sardonyx.bench.measure;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/**
 * What it costs that two threads work together: nanoseconds from the moment when a thread writes a word until it has the other's
 * answer. Less than 100 where both cores share a cache, hundreds where they do not; the host of a virtual machine moves its cores from one
 * to the other at any moment.
 */
public final class HandOver {
    /** Its name among the {@linkplain io.sardonyx.bench.record.Measurement#counts counts} of a line. */
    public static final String COUNT = "ns hand-over";

    private static final int ROUNDS = 1_000;
    private static final int TRIES = 5;
    private static final int UNTIL_COMPILED = 20;
    private static final long LONGEST = 20_000_000; // of all tries, in ns, where others keep a core busy
    private static final int END = -1;
    private static final double APART = 2; // so many times the least

    public HandOver() {
        best(UNTIL_COMPILED);
    }

    /** The best of some tries, about a millisecond; 0 where there is only one processor. */
    public double nanoseconds() {
        return best(TRIES);
    }

    /**
     * Those turns of one measurement in which the cores were as near to each other as they ever were.
     *
     * @param nanoseconds the longest hand-over around a turn; 0 where nothing is handed over
     */
    public static <T> List<T> near(List<T> turns, ToDoubleFunction<T> nanoseconds) {
        double least = turns.stream().mapToDouble(nanoseconds).min().orElse(0);
        return turns.stream()
                .filter(turn -> !isApart(nanoseconds.applyAsDouble(turn), least))
                .toList();
    }

    /** Whether cores whose hand-over takes so long are farther from each other than those of the least one. */
    public static boolean isApart(double nanoseconds, double least) {
        return nanoseconds > APART * least;
    }

    private static double best(int tries) {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return 0;
        }
        AtomicInteger word = new AtomicInteger();
        Thread other = new Thread(() -> answer(word), "hand-over");
        other.setDaemon(true);
        other.start();
        long end = System.nanoTime() + LONGEST;
        long best = ask(word);
        for (int i = 1; i < tries && System.nanoTime() < end; i++) {
            best = Math.min(best, ask(word));
        }
        word.set(END);
        return (double) best / ROUNDS;
    }

    private static long ask(AtomicInteger word) {
        int next = 0;
        long start = System.nanoTime();
        for (int i = 0; i < ROUNDS; i++) {
            word.setRelease(next + 1);
            next += 2;
            while (word.getAcquire() != next) {
                // the other one writes it
            }
        }
        return System.nanoTime() - start;
    }

    /** Makes each odd number even. */
    private static void answer(AtomicInteger word) {
        for (int seen = word.getAcquire(); seen != END; seen = word.getAcquire()) {
            if (seen % 2 != 0) {
                word.setRelease(seen + 1);
            }
        }
    }
}
