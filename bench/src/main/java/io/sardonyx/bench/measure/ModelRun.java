package io.sardonyx.bench.measure;

import io.sardonyx.bench.Agreement;
import io.sardonyx.bench.collective.VerificationException;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.tensor.Npy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Measures a whole model by turns. Its outputs are compared with the first contender's first ones, before and after; there is no roof. With
 * {@link ModelPlan#starts} it measures the time to the first output and the peak of memory, too.
 */
public final class ModelRun implements Measuring {
    private final ModelPlan plan;
    private final Findings findings;
    private final Listener listener;
    private final AtomicReference<Crew> crew = new AtomicReference<>();

    /** @throws IllegalArgumentException if a device is absent */
    public ModelRun(ModelPlan plan, Findings findings, Listener listener) {
        this.plan = plan;
        this.findings = findings;
        this.listener = listener;
        BenchRun.describe(plan.devices(), findings);
    }

    @Override
    public void run() {
        List<Map<String, Long>> points = plan.points();
        int number = 0;
        for (int threads : plan.threads()) {
            for (Map<String, Long> point : points) {
                listener.point(
                        ++number,
                        points.size() * plan.threads().size(),
                        plan.axesOf(point) + ", " + threads + " threads");
                Path inputs = write(point);
                try (Crew hands = new Crew(plan.seats(threads), threads, findings)) {
                    crew.set(hands);
                    turns(point, threads, inputs, hands);
                    if (plan.starts()) {
                        Starts starts = new Starts(plan, threads, inputs, findings);
                        starts.measure(hands, plan.axesOf(point)).forEach(this::add);
                    }
                } finally {
                    inputs.toFile().delete();
                }
            }
        }
    }

    private Path write(Map<String, Long> point) {
        try {
            Path file = Files.createTempFile("sardonyx-bench-", ".npz");
            Npy.writeAll(file, plan.inputs(point));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void turns(Map<String, Long> point, int threads, Path inputs, Crew hands) {
        AtomicReference<double[][]> first = new AtomicReference<>();
        List<Participant> participants = hands.open(
                plan.file().getFileName().toString(),
                seat -> command(plan, threads, inputs, seat),
                remote -> new Comparing(remote, plan, first),
                findings);
        if (participants.isEmpty()) {
            return;
        }
        for (Cache cache : plan.caches()) {
            Turns turns = Turns.ofThreads(threads, participants, new StopRule(plan.seconds()));
            for (Turns.Outcome outcome : turns.run(cache)) {
                add(line("model", plan.axesOf(point), threads, cache, outcome));
            }
        }
    }

    /** What opens the plan's model in a child. */
    static Object[] command(ModelPlan plan, int threads, Path inputs, Crew.Seat seat) {
        return new Object[] {"load", plan.file(), threads, inputs, seat.device()};
    }

    static Measurement line(
            String benchmark, Map<String, String> axes, int threads, Cache cache, Turns.Outcome outcome) {
        return new Measurement(
                benchmark,
                axes,
                "",
                outcome.participant().device(),
                HostRun.threadsOn(outcome.participant().device(), threads),
                outcome.participant().contender().toString(),
                Instrument.TURNS,
                cache,
                0,
                0,
                outcome.times(),
                Optional.empty(),
                Optional.empty(),
                outcome.ratio(),
                outcome.counts());
    }

    private void add(Measurement measurement) {
        findings.add(measurement);
        listener.measured(measurement);
    }

    @Override
    public void kill() {
        Crew hands = crew.get();
        if (hands != null) {
            hands.kill();
        }
    }

    /** One whose outputs have to be like those that came first. */
    private record Comparing(Participant.Remote remote, ModelPlan plan, AtomicReference<double[][]> first)
            implements Participant {
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
            double[][] outputs = outputs();
            first.compareAndSet(null, outputs);
            double[][] expected = first.get();
            for (int i = 0; i < Math.max(outputs.length, expected.length); i++) {
                String name = "output " + i + " of " + plan.file().getFileName() + " by " + contender();
                double[] theirs = i < expected.length ? expected[i] : new double[0];
                double[] ours = i < outputs.length ? outputs[i] : new double[0];
                if (!Arrays.equals(theirs, ours)) { // two constants have no cosine
                    require(name, theirs, ours);
                }
            }
        }

        private double[][] outputs() {
            return Arrays.stream(remote.process().ask("outputs").split("\t"))
                    .map(text -> Arrays.stream(text.split(" "))
                            .filter(number -> !number.isEmpty())
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toArray(double[][]::new);
        }

        private void require(String name, double[] expected, double[] outputs) {
            try {
                Agreement.require(name, expected, outputs, plan.leastCosine());
            } catch (IllegalStateException e) {
                throw new VerificationException(e.getMessage() + worst(expected, outputs) + "; --seed " + plan.seed()
                        + " repeats it (if these inputs do not suit the model: --axis for sizes, --input for values)");
            }
        }

        private static String worst(double[] expected, double[] outputs) {
            if (expected.length != outputs.length) {
                return "; expected " + expected.length + " values, given " + outputs.length;
            }
            int worst = 0;
            for (int i = 0; i < outputs.length; i++) {
                if (!(Math.abs(outputs[i] - expected[i]) <= Math.abs(outputs[worst] - expected[worst]))) {
                    worst = i;
                }
            }
            return "; the worst of " + outputs.length + " values looked at is number " + worst + ": expected "
                    + expected[worst] + ", given " + outputs[worst];
        }

        @Override
        public int warm(double seconds, Cache cache) {
            return remote.warm(seconds, cache);
        }

        @Override
        public List<Sample> sample(double seconds, Cache cache) {
            return remote.sample(seconds, cache);
        }

        @Override
        public void close() {
            remote.close();
        }
    }
}
