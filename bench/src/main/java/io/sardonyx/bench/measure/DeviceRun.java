package io.sardonyx.bench.measure;

import io.sardonyx.bench.contender.Call;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.contender.Setting;
import io.sardonyx.bench.contender.UnsupportedProblemException;
import io.sardonyx.bench.define.Expectation;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.device.Batch;
import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.KernelTimer;
import io.sardonyx.bench.device.LadderCall;
import io.sardonyx.bench.device.LibraryFailedException;
import io.sardonyx.bench.device.Rival;
import io.sardonyx.bench.device.Workload;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.bench.record.Ratio;
import io.sardonyx.bench.record.Times;
import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.op.InputTypes;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures problems on a device with memory of its own. A GPU's kernels are timed by its events, by turns with what NVIDIA's libraries
 * do in processes of their own; of a simulated one only what is counted has a meaning.
 */
final class DeviceRun implements AutoCloseable {
    private static final String OURS = Contender.SARDONYX.toString();
    private static final double MEBIBYTE = 1 << 20;

    private final Plan plan;
    private final Findings findings;
    private final Gpu gpu;
    private final Device device;
    private final Cache cache;
    private final boolean simulated;
    private final KernelTimer timer;
    private final GpuContenders others;
    private final LabLadder ladder;
    private final GpuRoofs roofs;

    /** @param roofs of that device, which may know some already */
    DeviceRun(Plan plan, Findings findings, Gpu gpu, GpuRoofs roofs, Cache cache) {
        this.gpu = gpu;
        this.device = gpu.device();
        this.plan = plan;
        this.findings = findings;
        this.cache = cache;
        this.roofs = roofs;
        this.simulated = device.name().startsWith("sim");
        Effort effort = cache == Cache.COLD ? Effort.GPU : Effort.WARM;
        this.timer = new KernelTimer(device, effort, gpu.l2Bytes());
        boolean elsewhere = plan.devices().stream().anyMatch(HostRun::isHost);
        List<Contender> libraries =
                plan.against().stream().filter(c -> c != Contender.LAB).toList();
        this.others = new GpuContenders(libraries, device.name(), effort, elsewhere, findings);
        this.ladder = new LabLadder(plan, device, findings);
    }

    /** @throws io.sardonyx.bench.collective.VerificationException if a result is wrong before or after */
    void measure(Problem problem, Listener listener) {
        List<HostTensor> inputs = problem.inputs(plan.seed());
        try (Call call = Contender.SARDONYX.library().open(problem, inputs, new Setting(device.name(), 1))) {
            Expectation expectation = Expectation.of(problem, inputs, plan.seed());
            if (simulated) {
                tell(counted(problem, OURS, call, expectation, asked(problem)), listener);
                for (LadderCall step : ladder.open(problem, inputs)) {
                    try (step) {
                        tell(counted(problem, step.step().toString(), step, expectation, Map.of()), listener);
                    }
                }
            } else {
                roofs.know(problem.dtype(), others, findings);
                List<GpuParticipant> participants =
                        new ArrayList<>(ours(problem, () -> verify(OURS, call, expectation)));
                participants.addAll(steps(problem, inputs, expectation));
                participants.addAll(theirs(problem));
                time(problem, participants, listener);
            }
        } catch (UnsupportedProblemException e) {
            findings.absent(
                    "sardonyx on " + device.name() + " for " + problem.benchmark() + " " + problem.dtype(),
                    e.getMessage());
            time(problem, theirs(problem), listener);
        }
    }

    private void tell(Measurement measurement, Listener listener) {
        findings.add(measurement);
        listener.measured(measurement);
    }

    private static void verify(String name, Call call, Expectation expectation) {
        call.run();
        expectation.check(name, call.output());
    }

    private List<GpuParticipant> ours(Problem problem, Runnable verify) {
        return timer.prepare(workload(problem)).stream()
                .map(ready -> participant(Contender.SARDONYX, OURS, ready.batch(), verify))
                .toList();
    }

    private List<GpuParticipant> steps(Problem problem, List<HostTensor> inputs, Expectation expectation) {
        return ladder.open(problem, inputs).stream()
                .map(call -> participant(
                        Contender.LAB,
                        call.step().toString(),
                        timer.prepare(call.step().workload(problem))
                                .orElseThrow()
                                .batch()
                                .closing(call::close),
                        () -> verify(call.step().toString(), call, expectation)))
                .toList();
    }

    private List<GpuParticipant> theirs(Problem problem) {
        List<GpuParticipant> participants = new ArrayList<>();
        rival(problem)
                .ifPresent(rival -> others.open(
                        problem,
                        rival,
                        (contender, batch) ->
                                participants.add(participant(contender, contender.toString(), batch, () -> {}))));
        return participants;
    }

    private GpuParticipant participant(Contender contender, String name, Batch batch, Runnable verify) {
        return new GpuParticipant(contender, name, device.name(), batch, verify, gpu.smClock(), System::nanoTime);
    }

    /** Closes the participants. A library that fails meanwhile is absent, and the others start again. */
    private void time(Problem problem, List<GpuParticipant> participants, Listener listener) {
        List<GpuParticipant> left = new ArrayList<>(participants);
        try {
            for (boolean done = left.isEmpty(); !done; ) {
                try {
                    measure(problem, left, listener);
                    done = true;
                } catch (LibraryFailedException e) {
                    List<GpuParticipant> failed =
                            left.stream().filter(p -> !p.isOpen()).toList();
                    failed.forEach(p -> findings.absent(p.contender() + " for " + problem, e.getMessage()));
                    left.removeAll(failed);
                    done = failed.isEmpty() || left.isEmpty();
                }
            }
        } finally {
            participants.forEach(GpuParticipant::close);
        }
    }

    private void measure(Problem problem, List<GpuParticipant> participants, Listener listener) {
        StopRule rule = new StopRule(plan.seconds());
        Turns turns = new Turns(List.copyOf(participants), rule, System::nanoTime, Throttle::ofGpu, () -> 0);
        for (Turns.Outcome outcome : turns.run(cache)) {
            tell(measurement(problem, outcome, ((GpuParticipant) outcome.participant()).counts()), listener);
        }
        gpu.tell();
    }

    static Workload workload(Problem problem) {
        return new Workload(
                problem.toString(),
                problem.node().operator(),
                problem.types(),
                problem.flops(),
                rival(problem),
                Optional.empty(),
                0);
    }

    /** What the problem is to NVIDIA's libraries. */
    private static Optional<Rival> rival(Problem problem) {
        return switch (problem.benchmark()) {
            case "matmul", "linear" ->
                Optional.of(
                        new Rival.Product(problem.dtype(), problem.axis("m"), problem.axis("n"), problem.axis("k")));
            case "conv" ->
                Optional.of(
                        new Rival.Convolution(problem.dtype(), problem.axis("batch"), GpuContenders.layer(problem)));
            default -> Optional.empty();
        };
    }

    private Measurement measurement(Problem problem, Turns.Outcome outcome, Map<String, Double> counts) {
        Times times = outcome.times();
        Optional<Bound> bound = roofs.bound(problem, cache);
        return line(
                problem,
                outcome.participant().name(),
                Instrument.EVENTS,
                times,
                bound.map(b -> b.nanoseconds() / times.median()),
                bound.map(Bound::roof),
                outcome.ratio(),
                counts);
    }

    /** What its kernels do; the simulator has no clock of any hardware. */
    private Measurement counted(
            Problem problem, String name, Call call, Expectation expectation, Map<String, Double> asked) {
        verify(name, call, expectation);
        Map<String, Double> counts = new LinkedHashMap<>(asked);
        counts.putAll(KernelCounts.of(device, call::run));
        verify(name, call, expectation);
        return line(
                problem,
                name,
                Instrument.COUNTS,
                Times.none(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                counts);
    }

    /** What our launch asks for. */
    private Map<String, Double> asked(Problem problem) {
        return workload(problem)
                .operator()
                .launch(InputTypes.of(problem.types().toArray(TensorType[]::new)), List.of(problem.output()))
                .flatMap(device::choose)
                .map(this::counts)
                .orElse(Map.of());
    }

    private Map<String, Double> counts(Launch launch) {
        double packed = launch.arguments().stream()
                .filter(Launch.Argument.Packed.class::isInstance)
                .mapToDouble(a -> ((Launch.Argument.Packed) a).pack().bytes())
                .sum();
        return Map.of(
                "launches", 1.0,
                "scratch MiB", device.scratch(launch, 1) / MEBIBYTE,
                "packed MiB", packed / MEBIBYTE);
    }

    private Measurement line(
            Problem problem,
            String contender,
            Instrument instrument,
            Times times,
            Optional<Double> ofRoof,
            Optional<String> roof,
            Optional<Ratio> ratio,
            Map<String, Double> counts) {
        Map<String, String> axes = new LinkedHashMap<>();
        problem.axes().forEach((axis, size) -> axes.put(axis, size.toString()));
        return new Measurement(
                problem.benchmark(),
                axes,
                problem.dtype().toString(),
                device.name(),
                0,
                contender,
                instrument,
                cache,
                problem.flops(),
                problem.bytes(),
                times,
                ofRoof,
                roof,
                ratio,
                counts);
    }

    @Override
    public void close() {
        timer.close();
        others.close();
    }
}
