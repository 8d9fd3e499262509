package io.sardonyx.bench.measure;

import io.sardonyx.bench.ChildProcess;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How models start: the time from the file to the first output, in JVMs that take turns and have done it before, and the peak of
 * resident memory of a process that loads the model and runs it.
 */
final class Starts {
    private static final double RUNNING_SECONDS = 0.1;
    private static final double KIBIBYTES = 1024;

    private final ModelPlan plan;
    private final int threads;
    private final Path inputs;
    private final Findings findings;

    Starts(ModelPlan plan, int threads, Path inputs, Findings findings) {
        this.plan = plan;
        this.threads = threads;
        this.inputs = inputs;
        this.findings = findings;
    }

    /** Lines of a benchmark called {@code load}. */
    List<Measurement> measure(Crew hands, Map<String, String> axes) {
        List<Participant> participants = hands.open(
                "load", seat -> ModelRun.command(plan, threads, inputs, seat), remote -> new Loading(remote), findings);
        List<Measurement> lines = new ArrayList<>();
        StopRule rule = new StopRule(plan.seconds());
        for (Turns.Outcome outcome : new Turns(participants, rule, System::nanoTime).run(Cache.WARM)) {
            double memory = peakMebibytes(outcome.participant());
            lines.add(ModelRun.line("load", axes, threads, Cache.WARM, outcome)
                    .counting(Map.of("peak resident MiB", memory)));
        }
        return lines;
    }

    private double peakMebibytes(Participant participant) {
        try (ChildProcess fresh = ChildProcess.of(participant.contender().toString(), threads)) {
            Crew.Seat seat = new Crew.Seat(participant.contender(), participant.device());
            fresh.ask(ModelRun.command(plan, threads, inputs, seat));
            fresh.askNumbers("run", RUNNING_SECONDS);
            return fresh.askNumbers("memory")[0] / KIBIBYTES;
        }
    }

    /** One whose call is loading the model and running it once. */
    private record Loading(Participant.Remote remote) implements Participant {
        private static final int UNTIL_WARM = 3;

        @Override
        public Contender contender() {
            return remote.contender();
        }

        @Override
        public String device() {
            return remote.device();
        }

        @Override
        public void verify() {
            remote.process().ask("output"); // its numbers were compared when the model was run
        }

        @Override
        public int warm(double seconds, Cache cache) {
            remote.process().ask("reload", UNTIL_WARM);
            return 1;
        }

        @Override
        public List<Sample> sample(double seconds, Cache cache) {
            return List.of(new Sample(remote.process().askNumbers("reload", 1)[0], 1));
        }

        @Override
        public void close() {
            remote.close();
        }
    }
}
