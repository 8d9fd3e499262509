package io.sardonyx.bench;

import io.sardonyx.bench.measure.HandOver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Two long-lived child JVMs, ourselves and ONNX Runtime, that take turns on the same model and the same inputs. The ratio is the
 * median over turns of the ratio of their medians, so that a machine that slows down slows both.
 *
 * <p>With several threads, turns count while the cores are as near to each other as they ever were: where one answers the other
 * only after more than twice the least {@linkplain HandOver time}, a turn is dropped and another one is taken.
 */
final class Duel implements AutoCloseable {
    static final String OURS = "sardonyx";
    static final String PEER = "onnxruntime";

    /** Turns that are taken at most, for each that is wanted. */
    private static final int MOST = 4;

    /**
     * Times in ms; {@code ratio} is the peer's time over ours: above 1 we are faster. Three quarters of the turns lie above low.
     *
     * @param handOver ns, median of the turns that count; 0 with one thread
     * @param apart the ratio in the turns that were dropped; null if none was
     */
    record Result(
            double oursMs,
            double peerMs,
            double ratio,
            double low,
            double high,
            double handOver,
            int dropped,
            Double apart) {}

    /** Medians in ns, and the longest hand-over around them. */
    record Turn(double ours, double peer, double handOver) {
        double ratio() {
            return peer / ours;
        }
    }

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
        List<Turn> all = new ArrayList<>();
        double before = handOver();
        while (near(all).size() < turns && all.size() < MOST * turns) {
            double mine = median(ours.askNumbers("run", seconds));
            double theirs = median(peer.askNumbers("run", seconds));
            double after = handOver();
            all.add(new Turn(mine, theirs, Math.max(before, after)));
            before = after;
        }
        return result(all, turns);
    }

    private double handOver() {
        return threads == 1 ? 0 : ours.askNumbers("handover")[0];
    }

    private static List<Turn> near(List<Turn> turns) {
        return HandOver.near(turns, Turn::handOver);
    }

    /** Of {@code wanted} turns or more; all of them count where less than half as many as wanted would be left. */
    static Result result(List<Turn> turns, int wanted) {
        List<Turn> near = near(turns);
        List<Turn> kept = 2 * near.size() < wanted ? turns : near;
        double[] ratios = kept.stream().mapToDouble(Turn::ratio).sorted().toArray();
        List<Turn> dropped = turns.stream().filter(turn -> !kept.contains(turn)).toList();
        return new Result(
                median(kept, Turn::ours) / 1e6,
                median(kept, Turn::peer) / 1e6,
                median(ratios),
                ratios[ratios.length / 4],
                ratios[ratios.length - 1 - ratios.length / 4],
                median(kept, Turn::handOver),
                dropped.size(),
                dropped.isEmpty() ? null : median(dropped, Turn::ratio));
    }

    private static double median(List<Turn> turns, ToDoubleFunction<Turn> value) {
        return median(turns.stream().mapToDouble(value).toArray());
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
