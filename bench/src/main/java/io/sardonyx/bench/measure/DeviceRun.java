package io.sardonyx.bench.measure;

import io.sardonyx.bench.contender.Call;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.contender.Setting;
import io.sardonyx.bench.contender.UnsupportedProblemException;
import io.sardonyx.bench.define.Expectation;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.KernelTimer;
import io.sardonyx.bench.device.Rival;
import io.sardonyx.bench.device.Workload;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.bench.record.Measurement.Instrument;
import io.sardonyx.bench.record.Times;
import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.op.InputTypes;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures problems on a device with memory of its own. A GPU's kernels are timed by its events, each launch on another set of
 * buffers if its caches are to be cold; of a simulated one only what is counted has a meaning.
 */
final class DeviceRun implements AutoCloseable {
    private static final double MEBIBYTE = 1 << 20;

    private final Plan plan;
    private final Findings findings;
    private final Device device;
    private final Cache cache;
    private final boolean simulated;
    private final KernelTimer timer;
    private final GpuContenders others;
    private final GpuRoofs roofs;

    /** @param roofs of that device, which may know some already */
    DeviceRun(Plan plan, Findings findings, Device device, GpuRoofs roofs, Cache cache) {
        this.plan = plan;
        this.findings = findings;
        this.device = device;
        this.cache = cache;
        this.roofs = roofs;
        this.simulated = device.name().startsWith("sim");
        Effort effort = cache == Cache.COLD ? Effort.GPU : Effort.WARM;
        this.timer = new KernelTimer(device, effort);
        boolean elsewhere = plan.devices().stream().anyMatch(HostRun::isHost);
        this.others = new GpuContenders(plan.against(), device.name(), effort, elsewhere, findings);
    }

    /** @throws io.sardonyx.bench.collective.VerificationException if a result is wrong before or after */
    void measure(Problem problem, Listener listener) {
        List<HostTensor> inputs = problem.inputs(plan.seed());
        try (Call call = Contender.SARDONYX.library().open(problem, inputs, new Setting(device.name(), 1))) {
            Expectation expectation = Expectation.of(problem, inputs, plan.seed());
            verify(call, expectation);
            Optional<Measurement> ours = simulated ? counted(problem) : timed(problem);
            verify(call, expectation);
            ours.ifPresent(measurement -> {
                findings.add(measurement);
                listener.measured(measurement);
            });
        } catch (UnsupportedProblemException e) {
            findings.absent(
                    "sardonyx on " + device.name() + " for " + problem.benchmark() + " " + problem.dtype(),
                    e.getMessage());
        }
        rival(problem)
                .ifPresent(rival -> others.time(problem, rival, (contender, samples) -> {
                    Measurement theirs = measurement(problem, contender.toString(), samples.times());
                    findings.add(theirs);
                    listener.measured(theirs);
                }));
    }

    private static void verify(Call call, Expectation expectation) {
        call.run();
        expectation.check("sardonyx", call.output());
    }

    private Optional<Measurement> timed(Problem problem) {
        roofs.know(problem.dtype(), findings);
        return timer.time(workload(problem))
                .map(result -> measurement(problem, "sardonyx", result.samples().times()));
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

    private Measurement measurement(Problem problem, String contender, Times times) {
        Optional<Bound> bound = roofs.bound(problem, cache);
        return line(
                problem,
                contender,
                Instrument.EVENTS,
                times,
                bound.map(b -> b.nanoseconds() / times.median()),
                bound.map(Bound::roof),
                Map.of());
    }

    /** What its launch asks for; the simulator has no clock of any hardware. */
    private Optional<Measurement> counted(Problem problem) {
        Workload workload = workload(problem);
        List<TensorType> outputs = List.of(problem.output());
        return workload.operator()
                .launch(InputTypes.of(problem.types().toArray(TensorType[]::new)), outputs)
                .flatMap(device::choose)
                .map(launch -> line(
                        problem,
                        "sardonyx",
                        Instrument.COUNTS,
                        Times.none(),
                        Optional.empty(),
                        Optional.empty(),
                        counts(launch)));
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
                Optional.empty(),
                counts);
    }

    @Override
    public void close() {
        others.close();
    }
}
