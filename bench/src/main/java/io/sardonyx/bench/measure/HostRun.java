package io.sardonyx.bench.measure;

import com.google.gson.Gson;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.bench.record.Roof;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures a plan's problems on the devices of the host, by turns. */
final class HostRun {
    private static final String CPU = "cpu";
    private static final String REFERENCE = "reference";

    private final Plan plan;
    private final Findings findings;
    private final CpuCaches caches = CpuCaches.here();

    HostRun(Plan plan, Findings findings) {
        this.plan = plan;
        this.findings = findings;
    }

    /** Whether Java reaches a device's memory, so that its calls are timed by turns. */
    static boolean isHost(String device) {
        return device.equals(CPU) || device.equals(REFERENCE);
    }

    /** Who takes turns with so many threads; the reference has one and takes them once. */
    static List<Crew.Seat> seats(Plan plan, int threads) {
        List<String> devices = plan.devices().stream().filter(HostRun::isHost).toList();
        return seats(devices, plan.threads(), plan.againstOnHost(), threads);
    }

    /** On these devices, of which all but the CPU take turns once. */
    static List<Crew.Seat> seats(List<String> devices, List<Integer> allThreads, List<Contender> against, int threads) {
        List<Crew.Seat> seats = new ArrayList<>();
        for (String device : devices) {
            if (device.equals(CPU) || threads == allThreads.get(0)) {
                seats.add(new Crew.Seat(Contender.SARDONYX, device));
            }
        }
        if (!seats.isEmpty()) {
            against.forEach(contender -> seats.add(new Crew.Seat(contender, CPU)));
        }
        return seats;
    }

    /** Threads of the host as a record has them. */
    static int threadsOn(String device, int threads) {
        return device.equals(CPU) ? threads : device.equals(REFERENCE) ? 1 : 0;
    }

    /** The roofs of the CPU for a crew that has it. */
    void roofs(Crew crew) {
        var process = crew.process(new Crew.Seat(Contender.SARDONYX, CPU));
        if (process != null) {
            findings.add(List.of(new Gson().fromJson(process.ask("roofs"), Roof[].class)));
        }
    }

    void measure(Problem problem, int threads, Crew crew, Listener listener) {
        List<Participant> participants = crew.open(
                problem.benchmark() + " " + problem.dtype(),
                seat -> new Object[] {"open", problem, plan.seed(), threads, seat.device()},
                remote -> remote,
                findings);
        if (participants.isEmpty()) {
            return;
        }
        for (Cache cache : plan.cachesOn(true)) {
            Turns turns = Turns.ofThreads(threads, participants, new StopRule(plan.seconds()));
            for (Turns.Outcome outcome : turns.run(cache)) {
                Measurement measurement = measurement(problem, threads, cache, outcome);
                findings.add(measurement);
                listener.measured(measurement);
            }
        }
    }

    private Measurement measurement(Problem problem, int threads, Cache cache, Turns.Outcome outcome) {
        String device = outcome.participant().device();
        Optional<Bound> bound = Bound.of(problem, cache, threads, findings.roofs(device, threads), caches);
        Map<String, String> axes = new LinkedHashMap<>();
        problem.axes().forEach((axis, size) -> axes.put(axis, size.toString()));
        return new Measurement(
                problem.benchmark(),
                axes,
                problem.dtype().toString(),
                device,
                threadsOn(device, threads),
                outcome.participant().contender().toString(),
                Instrument.TURNS,
                cache,
                problem.flops(),
                problem.bytes(),
                outcome.times(),
                bound.map(b -> b.nanoseconds() / outcome.times().median()),
                bound.map(Bound::roof),
                outcome.ratio(),
                outcome.counts());
    }
}
