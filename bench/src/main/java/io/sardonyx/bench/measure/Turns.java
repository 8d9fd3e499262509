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
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Participants take turns on one problem, in the opposite order in each second turn, so that a machine which slows down slows all of
 * them. All are verified before and after.
 */
final class Turns {
    private static final double LEAST_WARM_SECONDS = 0.1;

    private final List<Participant> participants;
    private final StopRule rule;
    private final LongSupplier clock;
    private final Function<List<Sample>, Throttle> throttle;
    private final Map<Participant, List<List<Sample>>> samples = new LinkedHashMap<>();
    private final Map<Participant, Integer> calls = new LinkedHashMap<>();

    /** @param ratio beside the first participant; empty for that one */
    record Outcome(Participant participant, Times times, Optional<Ratio> ratio) {}

    /** @param clock nanoseconds */
    Turns(List<Participant> participants, StopRule rule, LongSupplier clock) {
        this(participants, rule, clock, Throttle::of);
    }

    /** @param throttle which samples are dropped */
    Turns(
            List<Participant> participants,
            StopRule rule,
            LongSupplier clock,
            Function<List<Sample>, Throttle> throttle) {
        this.throttle = throttle;
        this.participants = participants;
        this.rule = rule;
        this.clock = clock;
    }

    /** @throws io.sardonyx.bench.collective.VerificationException if a result is wrong before or after */
    List<Outcome> run(Cache cache) {
        for (Participant participant : participants) {
            participant.verify();
            calls.put(participant, participant.warm(Math.max(LEAST_WARM_SECONDS, 4 * rule.seconds()), cache));
            samples.put(participant, new ArrayList<>());
        }
        long start = clock.getAsLong();
        Optional<Times.Stop> stop = Optional.empty();
        for (int turn = 0; stop.isEmpty(); turn++) {
            for (int i = 0; i < participants.size(); i++) {
                Participant next = participants.get(turn % 2 == 0 ? i : participants.size() - 1 - i);
                samples.get(next).add(next.sample(rule.turn(), cache));
            }
            List<Times> times =
                    participants.stream().map(p -> times(p, Times.Stop.TIME)).toList();
            stop = rule.after(turn + 1, times, (clock.getAsLong() - start) / 1e9);
        }
        participants.forEach(Participant::verify);
        List<Outcome> outcomes = new ArrayList<>();
        for (Participant participant : participants) {
            outcomes.add(new Outcome(participant, times(participant, stop.get()), ratio(participant)));
        }
        return outcomes;
    }

    private Times times(Participant participant, Times.Stop stop) {
        List<Sample> all =
                samples.get(participant).stream().flatMap(List::stream).toList();
        Throttle kept = throttle.apply(all);
        return Times.of(kept.nanoseconds(), calls.get(participant), stop, kept.dropped());
    }

    private Optional<Ratio> ratio(Participant participant) {
        Participant first = participants.get(0);
        if (participant.equals(first)) {
            return Optional.empty();
        }
        List<Double> ratios = new ArrayList<>();
        for (int turn = 0; turn < samples.get(first).size(); turn++) {
            ratios.add(median(samples.get(first).get(turn))
                    / median(samples.get(participant).get(turn)));
        }
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
