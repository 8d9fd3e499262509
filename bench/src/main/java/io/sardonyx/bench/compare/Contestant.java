package io.sardonyx.bench.compare;

import io.sardonyx.bench.ChildProcess;
import java.util.Arrays;
import java.util.List;

/** One side in its own JVM. */
final class Contestant implements AutoCloseable {
    private static final double WARM_SECONDS = 0.1;
    private static final int MOST_WARM = 50;
    private static final int STEADY = 3; // times in a row without a gain
    private static final double GAIN = 0.01;

    private final Side side;
    private final int threads;
    private final ChildProcess child;

    /** Starts it and does not wait. */
    Contestant(Side side, int threads) {
        this.side = side;
        this.threads = threads;
        this.child = new ChildProcess(LineComparison.OURS, List.of("-Dsardonyx.threads=" + threads), side.classPath());
    }

    void open() {
        child.ask(side.work().opening(threads));
    }

    /** @throws io.sardonyx.bench.collective.VerificationException if a single operation's result is wrong */
    void verify() {
        if (side.work() instanceof Work.Single) {
            child.ask("verify");
        }
    }

    double[] output() {
        return child.askNumbers("output");
    }

    /** Runs until runs become no faster: whatever the virtual machine still compiles would be one side's handicap. */
    void warm() {
        double best = turn(WARM_SECONDS);
        int steady = 0;
        for (int i = 0; steady < STEADY && i < MOST_WARM; i++) {
            double next = turn(WARM_SECONDS);
            steady = next < best * (1 - GAIN) ? 0 : steady + 1;
            best = Math.min(best, next);
        }
    }

    /**
     * Time of the fastest run in nanoseconds, of those in so many seconds. What disturbs a run makes it longer: beside others on two
     * cores the ratios of such times spread half as much as those of medians.
     */
    double turn(double seconds) {
        return Arrays.stream(child.askNumbers("run", seconds)).min().orElseThrow();
    }

    @Override
    public void close() {
        child.close();
    }
}
