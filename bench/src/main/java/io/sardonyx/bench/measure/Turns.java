package io.sardonyx.bench.measure;

import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Ratio;
import io.sardonyx.bench.record.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Participants take turns on one problem, in the opposite order in each second turn, so that a machine which slows down slows all of
 * them. All are verified before and after.
 *
 * <p>Where threads hand work to each other, turns count while the cores are {@linkplain HandOver#near near}; the time is three times as
 * long, at most, to get enough of those, and if it is over all turns count.
 */
final class Turns {
    static final String APART = "turns apart";

    /** What the first call of a process needs until it is compiled. */
    private static final double WARM_SECONDS = 6;

    private static final int PATIENCE = 3;

    private final List<Participant> participants;
    private final StopRule rule;
    private final LongSupplier clock;
    private final Function<List<Sample>, Throttle> throttle;
    private final DoubleSupplier handOver;
    private final Map<Participant, Integer> calls = new LinkedHashMap<>();

    /**
     * One sample of time or more for each participant.
     *
     * @param handOver ns, the longest around it
     */
    private record Turn(Map<Participant, List<Sample>> samples, double handOver) {}

    /**
     * What a participant has shown.
     *
     * @param ratio beside the first participant; empty for that one
     * @param counts of the hand-over, where it was looked at: ns, and how many turns were dropped
     */
    record Outcome(Participant participant, Times times, Optional<Ratio> ratio, Map<String, Double> counts) {}

    /** @param clock nanoseconds */
    Turns(List<Participant> participants, StopRule rule, LongSupplier clock) {
        this(participants, rule, clock, Throttle::of, () -> 0);
    }

    /**
     * @param throttle which samples are dropped
     * @param handOver what {@link HandOver} says; 0 if it does not matter
     */
    Turns(
            List<Participant> participants,
            StopRule rule,
            LongSupplier clock,
            Function<List<Sample>, Throttle> throttle,
            DoubleSupplier handOver) {
        this.participants = participants;
        this.rule = rule;
        this.clock = clock;
        this.throttle = throttle;
        this.handOver = handOver;
    }

    /** Of so many threads of the host. */
    static Turns ofThreads(int threads, List<Participant> participants, StopRule rule) {
        DoubleSupplier handOver = threads == 1 ? () -> 0 : new HandOver()::nanoseconds;
        return new Turns(participants, rule, System::nanoTime, Throttle::of, handOver);
    }

    /** @throws io.sardonyx.bench.collective.VerificationException if a result is wrong before or after */
    List<Outcome> run(Cache cache) {
        for (Participant participant : participants) {
            participant.verify();
            calls.put(participant, participant.warm(warmSeconds(), cache));
        }
        List<Turn> all = new ArrayList<>();
        List<Turn> counting = all;
        long start = clock.getAsLong();
        double before = handOver.getAsDouble();
        Optional<Times.Stop> stop = Optional.empty();
        while (stop.isEmpty()) {
            Map<Participant, List<Sample>> samples = sample(all.size(), cache);
            double after = handOver.getAsDouble();
            all.add(new Turn(samples, Math.max(before, after)));
            before = after;
            double elapsed = (clock.getAsLong() - start) / 1e9;
            counting = HandOver.near(all, Turn::handOver);
            stop = stop(counting, elapsed);
            if (stop.isEmpty() && elapsed >= PATIENCE * rule.seconds() * participants.size()) {
                counting = all;
                stop = stop(counting, elapsed);
            }
        }
        participants.forEach(Participant::verify);
        return outcomes(counting, stop.get(), counts(all, counting));
    }

    /** At most; a run of a moment, which cannot show much, is not to begin with seconds. */
    private double warmSeconds() {
        return Math.max(4 * rule.seconds(), Math.min(WARM_SECONDS, 20 * rule.seconds()));
    }

    private Map<Participant, List<Sample>> sample(int turn, Cache cache) {
        Map<Participant, List<Sample>> samples = new LinkedHashMap<>();
        for (int i = 0; i < participants.size(); i++) {
            Participant next = participants.get(turn % 2 == 0 ? i : participants.size() - 1 - i);
            samples.put(next, next.sample(rule.turn(), cache));
        }
        return samples;
    }

    private Optional<Times.Stop> stop(List<Turn> turns, double elapsed) {
        List<Times> times = participants.stream()
                .map(participant -> times(participant, turns, Times.Stop.TIME))
                .toList();
        return rule.after(turns.size(), times, elapsed);
    }

    private static Map<String, Double> counts(List<Turn> all, List<Turn> counting) {
        double[] handOvers =
                counting.stream().mapToDouble(Turn::handOver).sorted().toArray();
        double median = Times.quantile(handOvers, 0.5);
        return median == 0
                ? Map.of()
                : Map.of(HandOver.COUNT, (double) Math.round(median), APART, (double) all.size() - counting.size());
    }

    private List<Outcome> outcomes(List<Turn> turns, Times.Stop stop, Map<String, Double> counts) {
        return participants.stream()
                .map(participant ->
                        new Outcome(participant, times(participant, turns, stop), ratio(participant, turns), counts))
                .toList();
    }

    private Times times(Participant participant, List<Turn> turns, Times.Stop stop) {
        List<Sample> all = turns.stream()
                .flatMap(turn -> turn.samples.get(participant).stream())
                .toList();
        Throttle kept = throttle.apply(all);
        return Times.of(kept.nanoseconds(), calls.get(participant), stop, kept.dropped());
    }

    private Optional<Ratio> ratio(Participant participant, List<Turn> turns) {
        Participant first = participants.get(0);
        if (participant.equals(first)) {
            return Optional.empty();
        }
        List<Double> ratios = turns.stream()
                .map(turn -> median(turn.samples.get(first)) / median(turn.samples.get(participant)))
                .toList();
        MedianInterval interval = MedianInterval.of(
                ratios.stream().mapToDouble(Double::doubleValue).toArray());
        return Optional.of(
                new Ratio(first.contender().toString(), interval.median(), interval.low(), interval.high(), ratios));
    }

    private double median(List<Sample> turn) {
        double[] sorted = throttle.apply(turn).nanoseconds();
        Arrays.sort(sorted);
        return Times.quantile(sorted, 0.5);
    }
}
