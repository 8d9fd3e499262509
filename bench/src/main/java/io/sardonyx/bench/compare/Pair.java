package io.sardonyx.bench.compare;

import io.sardonyx.bench.Agreement;
import java.util.EnumSet;
import java.util.Set;

/**
 * Two child JVMs that take turns until the verdict is clear or time is up. Who begins alternates, so that neither always comes
 * after the other. Where memory lies and what is compiled how differs between processes, so a difference has to show in two pairs of
 * JVMs.
 */
public final class Pair implements AutoCloseable {
    private static final double LEAST_COSINE = 0.99; // kernels for bytes may round otherwise

    private static final int MOST_LIVES = 3;

    private final PairPlan plan;
    private final boolean agree;
    private final String name;
    private final Contestant base;
    private final Contestant candidate;

    private Pair(PairPlan plan, Side base, Side candidate) {
        this.plan = plan;
        this.agree = base.work().equals(candidate.work());
        this.name = candidate.work().toString();
        this.base = new Contestant(base, plan.threads());
        this.candidate = new Contestant(candidate, plan.threads()); // both JVMs start at once
    }

    /**
     * Starts both, measures, and ends them; if they differ, again, until two of at most three times agree. What they compute is verified
     * before and after.
     *
     * @throws io.sardonyx.bench.collective.VerificationException if a single operation's result is wrong
     * @throws IllegalStateException if both do the same work and their outputs do not agree, or one fails
     */
    public static PairResult measure(Side base, Side candidate, PairPlan plan) {
        PairResult result = live(base, candidate, plan);
        if (result.verdict() == Verdict.SAME || result.verdict() == Verdict.UNSURE) {
            return result;
        }
        Set<Verdict> seen = EnumSet.of(result.verdict());
        for (int life = 2; life <= MOST_LIVES; life++) {
            result = live(base, candidate, plan);
            if (result.verdict() != Verdict.UNSURE && !seen.add(result.verdict())) {
                return result;
            }
        }
        return result.unsure();
    }

    private static PairResult live(Side base, Side candidate, PairPlan plan) {
        try (Pair pair = new Pair(plan, base, candidate)) {
            pair.base.open();
            pair.candidate.open();
            pair.verify();
            PairResult result = pair.measure();
            pair.verify();
            return result;
        }
    }

    private void verify() {
        base.verify();
        candidate.verify();
        if (agree) {
            Agreement.require(name, candidate.output(), base.output(), LEAST_COSINE);
        }
    }

    private PairResult measure() {
        TurnStatistics statistics = new TurnStatistics();
        base.warm();
        candidate.warm();
        long start = System.nanoTime();
        double seconds;
        Verdict verdict = Verdict.UNSURE;
        do {
            turn(statistics);
            seconds = (System.nanoTime() - start) / 1e9;
            if (statistics.isTimeToLook()) {
                verdict = statistics.verdict(plan.threshold());
            }
        } while (verdict == Verdict.UNSURE
                && (seconds < plan.limitSeconds() || statistics.turns() < TurnStatistics.LEAST_TURNS));
        return new PairResult(
                verdict,
                statistics.interval(),
                statistics.turns(),
                seconds,
                statistics.baseMedian(),
                statistics.candidateMedian());
    }

    private void turn(TurnStatistics statistics) {
        if (statistics.turns() % 2 == 0) {
            double time = base.turn(plan.turnSeconds());
            statistics.add(time, candidate.turn(plan.turnSeconds()));
        } else {
            double time = candidate.turn(plan.turnSeconds());
            statistics.add(base.turn(plan.turnSeconds()), time);
        }
    }

    @Override
    public void close() {
        base.close();
        candidate.close();
    }
}
