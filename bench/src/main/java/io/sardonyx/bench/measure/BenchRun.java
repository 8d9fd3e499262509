package io.sardonyx.bench.measure;

import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Measures all of a plan. */
public final class BenchRun implements Measuring {
    private final Plan plan;
    private final Findings findings;
    private final Listener listener;
    private final AtomicReference<Crew> crew = new AtomicReference<>();

    /** @throws IllegalArgumentException if a device is absent, with those that there are */
    public BenchRun(Plan plan, Findings findings, Listener listener) {
        this.plan = plan;
        this.findings = findings;
        this.listener = listener;
        describe(plan.devices(), findings);
    }

    /** @throws IllegalArgumentException if one is absent, with those that there are */
    static void describe(List<String> devices, Findings findings) {
        for (String name : devices) {
            try {
                Device device = Devices.get(name);
                findings.device(name, device.describe());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--device " + name + ": " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void run() {
        List<Problem> problems = plan.problems();
        List<String> others =
                plan.devices().stream().filter(d -> !HostRun.isHost(d)).toList();
        List<Integer> threads = new ArrayList<>(plan.threads());
        threads.removeIf(count -> HostRun.seats(plan, count).isEmpty());
        int points = problems.size()
                * (threads.size() + others.size() * plan.cachesOn(false).size());
        int point = 0;
        for (int count : threads) {
            HostRun run = new HostRun(plan, findings);
            try (Crew hands = new Crew(HostRun.seats(plan, count), count, findings)) {
                crew.set(hands);
                listener.point(point, points, "roofs of " + count + " threads");
                run.roofs(hands);
                for (Problem problem : problems) {
                    listener.point(++point, points, problem + ", " + count + " threads");
                    run.measure(problem, count, hands, listener);
                }
            }
        }
        for (String name : others) {
            Device device = Devices.get(name);
            try (Gpu gpu = Gpu.of(device, findings);
                    GpuRoofs roofs = new GpuRoofs(gpu)) {
                for (Cache cache : plan.cachesOn(false)) {
                    try (DeviceRun run = new DeviceRun(plan, findings, gpu, roofs, cache)) {
                        for (Problem problem : problems) {
                            listener.point(++point, points, problem + " on " + name);
                            run.measure(problem, listener);
                        }
                    }
                }
            }
        }
    }

    @Override
    public void kill() {
        Crew hands = crew.get();
        if (hands != null) {
            hands.kill();
        }
    }
}
