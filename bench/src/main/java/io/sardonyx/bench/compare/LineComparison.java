package io.sardonyx.bench.compare;

import io.sardonyx.bench.measure.HandOver;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Ratio;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of two records. The best basis is a contender that has not changed and took turns with the line in both: what
 * the machine did in between cancels. Otherwise there are the times, and what the machine's roof did meanwhile: if that moved, the
 * interval holds both readings, that the line would have moved with it and that it would not. What a contender of the same version
 * shows is the machine's doing, and no verdict on code; nor is what differs between cores that were {@linkplain HandOver near} and apart.
 */
final class LineComparison {
    static final String TIMES_ALONE = "times alone";
    static final String OURS = "sardonyx"; // the one whose version is the record's commit

    private final BenchmarkRecord before;
    private final BenchmarkRecord after;
    private final Threshold threshold;
    private final Bootstrap bootstrap;

    LineComparison(BenchmarkRecord before, BenchmarkRecord after, Threshold threshold, Bootstrap bootstrap) {
        this.before = before;
        this.after = after;
        this.threshold = threshold;
        this.bootstrap = bootstrap;
    }

    ComparedLine of(Measurement first, Measurement second) {
        ComparedLine line = besideContender(first, second).orElseGet(() -> byTimes(first, second));
        double handOver = first.counts().getOrDefault(HandOver.COUNT, 0.0);
        double handOverToo = second.counts().getOrDefault(HandOver.COUNT, 0.0);
        boolean comparable = Math.min(handOver, handOverToo) == 0
                || !HandOver.isApart(Math.max(handOver, handOverToo), Math.min(handOver, handOverToo));
        return comparable || line.verdict() == Verdict.SAME
                ? line
                : line.unsure(
                        "the cores: a hand-over took " + Math.round(handOver) + " ns, then " + Math.round(handOverToo));
    }

    private ComparedLine byTimes(Measurement first, Measurement second) {
        if (first.instrument() == Measurement.Instrument.COUNTS) {
            return byCounts(first, second);
        }
        double[] times = samples(first.times().samples());
        double[] timesToo = samples(second.times().samples());
        int fewest = Math.min(times.length, timesToo.length);
        if (fewest < Bootstrap.LEAST_SAMPLES) {
            String why = "too few samples: " + fewest + ", needed " + Bootstrap.LEAST_SAMPLES;
            return line(first, second, Optional.empty(), why);
        }
        Interval ratio = bootstrap.ratioOfMedians(times, timesToo);
        if (isUnchanged(first.contender()) && threshold.verdict(ratio) != Verdict.SAME) {
            String basis = "the machine: " + first.contender() + " has not changed";
            return new ComparedLine(
                    first.key(),
                    Verdict.UNSURE,
                    first.times().median(),
                    second.times().median(),
                    Optional.of(ratio),
                    basis);
        }
        Optional<RoofMove> move = RoofMove.of(first, before.roofs(), after.roofs());
        return line(
                first,
                second,
                move.map(m -> m.bothReadings(ratio)).or(() -> Optional.of(ratio)),
                move.map(m -> "times and the roof " + m.name()).orElse(TIMES_ALONE));
    }

    /** A simulator's: exact, so that what moved the most says it. */
    private ComparedLine byCounts(Measurement first, Measurement second) {
        return first.counts().entrySet().stream()
                .filter(count -> count.getValue() > 0 && second.counts().getOrDefault(count.getKey(), 0.0) > 0)
                .map(count -> Map.entry(count.getKey(), second.counts().get(count.getKey()) / count.getValue()))
                .max(Comparator.comparingDouble(count -> Math.abs(Math.log(count.getValue()))))
                .map(count -> line(
                        first,
                        second,
                        Optional.of(new Interval(count.getValue(), count.getValue(), count.getValue())),
                        "the simulator's count of " + count.getKey()))
                .orElseGet(() -> line(first, second, Optional.empty(), "no counts in common"));
    }

    private Optional<ComparedLine> besideContender(Measurement first, Measurement second) {
        return before.provenance().versions().keySet().stream()
                .filter(name -> isUnchanged(name) && !name.equals(first.contender()))
                .sorted()
                .flatMap(name -> besideContender(first, second, name).stream())
                .findFirst();
    }

    /** Whether it is not ours, and both records name the same version. */
    private boolean isUnchanged(String contender) {
        String version = before.provenance().versions().get(contender);
        return !contender.equals(OURS)
                && version != null
                && version.equals(after.provenance().versions().get(contender));
    }

    private Optional<ComparedLine> besideContender(Measurement first, Measurement second, String contender) {
        double[] turns = turns(before, first, contender);
        double[] turnsToo = turns(after, second, contender);
        if (Math.min(turns.length, turnsToo.length) < Bootstrap.LEAST_SAMPLES) {
            return Optional.empty();
        }
        Interval ratio = bootstrap.ratioOfMedians(turns, turnsToo);
        return Optional.of(line(first, second, Optional.of(ratio), "turns beside " + contender));
    }

    /** The line's time over the contender's, turn by turn; none if they took no turns. */
    private static double[] turns(BenchmarkRecord record, Measurement line, String contender) {
        Optional<Ratio> own = line.ratio().filter(ratio -> ratio.to().equals(contender));
        if (own.isPresent()) {
            return own.get().turns().stream()
                    .mapToDouble(speedUp -> 1 / speedUp)
                    .toArray();
        }
        Measurement.Key key = with(line.key(), contender);
        return record.measurements().stream()
                .filter(other -> other.key().equals(key))
                .flatMap(other -> other.ratio().stream())
                .filter(ratio -> ratio.to().equals(line.contender()))
                .findFirst()
                .map(ratio -> samples(ratio.turns()))
                .orElse(new double[0]);
    }

    private static Measurement.Key with(Measurement.Key key, String contender) {
        return new Measurement.Key(
                key.benchmark(),
                key.axes(),
                key.dtype(),
                key.device(),
                key.threads(),
                contender,
                key.instrument(),
                key.cache());
    }

    private ComparedLine line(Measurement first, Measurement second, Optional<Interval> ratio, String basis) {
        Verdict verdict = ratio.map(threshold::verdict).orElse(Verdict.UNSURE);
        return new ComparedLine(
                first.key(), verdict, first.times().median(), second.times().median(), ratio, basis);
    }

    private static double[] samples(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
