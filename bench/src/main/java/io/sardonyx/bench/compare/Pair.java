package io.sardonyx.bench.compare;

import io.sardonyx.bench.Agreement;
import io.sardonyx.bench.ChildProcess;
import java.util.Arrays;
import java.util.List;

/**
 * Two child JVMs that take turns until the verdict is clear or time is up. Who begins alternates, so that neither always comes
 * after the other.
 */
public final class Pair implements AutoCloseable {
    private static final double LEAST_COSINE = 0.99; // int8 kernels may round otherwise

    private final PairPlan plan;
    private final ChildProcess base;
    private final ChildProcess candidate;

    private Pair(PairPlan plan, Side base, Side candidate) {
        this.plan = plan;
        this.base = start(base);
        this.candidate = start(candidate); // both JVMs start at once
    }

    /**
     * Starts both, measures, and ends them.
     *
     * @throws IllegalStateException if both run the same model and their outputs do not agree
     */
    public static PairResult measure(Side base, Side candidate, PairPlan plan) {
        try (Pair pair = new Pair(plan, base, candidate)) {
            pair.load(pair.base, base);
            pair.load(pair.candidate, candidate);
            if (base.model().equals(candidate.model())) {
                String name = candidate.model().getFileName().toString();
                Agreement.require(
                        name, pair.candidate.askNumbers("output"), pair.base.askNumbers("output"), LEAST_COSINE);
            }
            return pair.measure();
        }
    }

    private ChildProcess start(Side side) {
        return new ChildProcess(LineComparison.OURS, List.of("-Dsardonyx.threads=" + plan.threads()), side.classPath());
    }

    private void load(ChildProcess child, Side side) {
        child.ask("load", side.model(), plan.threads(), side.inputs());
        child.ask("run", 5 * plan.turnSeconds()); // warm
    }

    private PairResult measure() {
        TurnStatistics statistics = new TurnStatistics(plan.mostTurns());
        double[] times = new double[plan.mostTurns()];
        double[] timesToo = new double[plan.mostTurns()];
        long start = System.nanoTime();
        double seconds;
        do {
            int turn = statistics.turns();
            if (turn % 2 == 0) {
                times[turn] = turn(base);
                timesToo[turn] = turn(candidate);
            } else {
                timesToo[turn] = turn(candidate);
                times[turn] = turn(base);
            }
            statistics.add(timesToo[turn] / times[turn]);
            seconds = (System.nanoTime() - start) / 1e9;
            if (statistics.isTimeToLook() && plan.threshold().verdict(statistics.interval()) != Verdict.UNSURE) {
                break;
            }
        } while (statistics.turns() < TurnStatistics.LEAST_TURNS
                || (seconds < plan.limitSeconds() && !statistics.isFull()));
        Interval ratio = statistics.interval();
        int turns = statistics.turns();
        return new PairResult(
                plan.threshold().verdict(ratio),
                ratio,
                turns,
                seconds,
                Bootstrap.median(Arrays.copyOf(times, turns)),
                Bootstrap.median(Arrays.copyOf(timesToo, turns)));
    }

    private double turn(ChildProcess child) {
        return Bootstrap.median(child.askNumbers("run", plan.turnSeconds()));
    }

    @Override
    public void close() {
        base.close();
        candidate.close();
    }
}
