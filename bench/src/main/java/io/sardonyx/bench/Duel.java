package io.sardonyx.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Two long-lived child JVMs, ourselves and ONNX Runtime, that take turns on the same model and the same inputs. The ratio is the
 * median over turns of the ratio of their medians, so that a machine that slows down slows both.
 */
final class Duel implements AutoCloseable {
    static final String OURS = "sardonyx";
    static final String PEER = "onnxruntime";

    /** Fewer values than these have no cosine worth the name. */
    private static final int FEW = 8;

    /** Times in ms; {@code ratio} is the peer's time over ours: above 1 we are faster. Three quarters of the turns lie above low. */
    record Result(double oursMs, double peerMs, double ratio, double low, double high) {}

    private final int threads;
    private final ChildProcess ours;
    private final ChildProcess peer;

    Duel(int threads) {
        this.threads = threads;
        this.ours = new ChildProcess(OURS, List.of("-Dsardonyx.threads=" + threads));
        this.peer = new ChildProcess(PEER, List.of());
    }

    /** @throws IllegalStateException if the first outputs do not agree: less their means, or as they are where they are few */
    void load(String name, Path file, Path inputs, double leastCosine) {
        for (ChildProcess child : List.of(ours, peer)) {
            child.ask("load", file, threads, inputs);
        }
        double[] mine = ours.askNumbers("output");
        double[] theirs = peer.askNumbers("output");
        double agreement = mine.length < FEW ? 1 - relativeDifference(mine, theirs) : cosine(mine, theirs);
        if (mine.length != theirs.length || !(agreement >= leastCosine)) {
            throw new IllegalStateException(name + ": the outputs do not agree: cosine " + agreement
                    + ", expected at least " + leastCosine + "; no time is given");
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

    Result run(int turns, double seconds) {
        ours.ask("run", 2 * seconds);
        peer.ask("run", 2 * seconds);
        double[] mine = new double[turns];
        double[] theirs = new double[turns];
        double[] ratios = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            mine[turn] = median(ours.askNumbers("run", seconds));
            theirs[turn] = median(peer.askNumbers("run", seconds));
            ratios[turn] = theirs[turn] / mine[turn];
        }
        Arrays.sort(ratios);
        return new Result(
                median(mine) / 1e6,
                median(theirs) / 1e6,
                median(ratios),
                ratios[turns / 4],
                ratios[turns - 1 - turns / 4]);
    }

    /** GFLOP/s of fused multiply-adds on these threads, in our child. */
    double peak() {
        return median(ours.askNumbers("peak", 5));
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    @Override
    public void close() {
        ours.close();
        peer.close();
    }
}
