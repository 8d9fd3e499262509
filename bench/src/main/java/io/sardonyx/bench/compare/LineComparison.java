package io.sardonyx.bench.compare;

import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Ratio;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One line of two records. The best basis is a contender that has not changed and took turns with the line in both: what
 * the machine did in between cancels. Otherwise there are the times, and what the machine's roof did meanwhile: if that moved, the
 * interval holds both readings, that the line would have moved with it and that it would not.
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
        return besideContender(first, second).orElseGet(() -> byTimes(first, second));
    }

    private ComparedLine byTimes(Measurement first, Measurement second) {
        double[] times = samples(first.times().samples());
        double[] timesToo = samples(second.times().samples());
        int fewest = Math.min(times.length, timesToo.length);
        if (fewest < Bootstrap.LEAST_SAMPLES) {
            String why = "too few samples: " + fewest + ", needed " + Bootstrap.LEAST_SAMPLES;
            return line(first, second, Optional.empty(), why);
        }
        Interval ratio = bootstrap.ratioOfMedians(times, timesToo);
        Optional<RoofMove> move = RoofMove.of(first, before.roofs(), after.roofs());
        if (first.instrument() == Measurement.Instrument.COUNTS) {
            return line(first, second, Optional.of(ratio), "counts of a simulator");
        }
        return line(
                first,
                second,
                move.map(m -> m.bothReadings(ratio)).or(() -> Optional.of(ratio)),
                move.map(m -> "times and the roof " + m.name()).orElse(TIMES_ALONE));
    }

    private Optional<ComparedLine> besideContender(Measurement first, Measurement second) {
        return before.provenance().versions().entrySet().stream()
                .filter(version ->
                        !version.getKey().equals(OURS) && !version.getKey().equals(first.contender()))
                .filter(version -> Objects.equals(
                        version.getValue(), after.provenance().versions().get(version.getKey())))
                .sorted(Map.Entry.comparingByKey())
                .flatMap(version -> besideContender(first, second, version.getKey()).stream())
                .findFirst();
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
