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

    /** @throws IllegalStateException if the first outputs, less their means, do not agree */
    void load(String name, Path file, Path inputs, double leastCosine) {
        for (ChildProcess child : List.of(ours, peer)) {
            child.ask("load", file, threads, inputs);
        }
        Agreement.require(name, ours.askNumbers("output"), peer.askNumbers("output"), leastCosine);
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
