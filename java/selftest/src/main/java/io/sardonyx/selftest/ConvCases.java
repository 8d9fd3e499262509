package io.sardonyx.selftest;

import io.sardonyx.bench.ConvLayer;
import io.sardonyx.bench.device.ConvTable;
import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.KernelTimer;
import io.sardonyx.bench.device.NvidiaLibrary;
import io.sardonyx.bench.device.Rival;
import io.sardonyx.bench.device.Roof;
import io.sardonyx.bench.device.Workload;
import io.sardonyx.device.Device;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The layers of convolutional networks, with cuDNN beside them where it is: group after group as long as there is time, each with the
 * geometric means of how many times as fast as cuDNN it was.
 */
final class ConvCases {
    private final Cases cases;
    private final boolean gpu;
    private final Effort effort;
    private final KernelTimer timer;
    private final int number;
    private final Roof roof = new Roof();

    private ConvCases(Device device, KernelTimer timer, Effort effort, Cases cases) {
        this.cases = cases;
        this.timer = timer;
        this.effort = effort;
        number = TimingCases.number(device);
        gpu = TimingCases.isGpu(device);
    }

    static void run(Device device, Cases cases) {
        Effort effort = TimingCases.isGpu(device) ? Effort.BRIEF : Effort.SMOKE;
        try (KernelTimer timer = new KernelTimer(device, effort)) {
            new ConvCases(device, timer, effort, cases).run();
        }
    }

    private void run() {
        try (NvidiaLibrary cublas = NvidiaLibrary.cublas(effort, number)) {
            for (Workload workload : ConvTable.roof(gpu)) {
                cases.run(workload.name(), () -> TimingRow.time(workload, timer, "cublas", cublas, roof));
            }
        }
        List<ConvTable.Group> groups = gpu ? ConvTable.full() : ConvTable.tiny();
        try (NvidiaLibrary cudnn = NvidiaLibrary.cudnn(effort, number)) {
            cases.run("cuDNN", () -> TimingRow.library("cuDNN", cudnn));
            for (int i = 0; i < groups.size(); i++) {
                if (!run(groups.get(i), cudnn)) {
                    TimingCases.leaveOut(
                            cases, "groups", groups.size() - i, groups.get(i).name());
                    return;
                }
            }
        }
    }

    /** Whether there was time for it. */
    private boolean run(ConvTable.Group group, NvidiaLibrary cudnn) {
        Map<String, List<Double>> speeds = new LinkedHashMap<>();
        boolean complete = true;
        for (Workload workload : group.workloads()) {
            complete = cases.secondsLeft() > TimingCases.RESERVE_SECONDS;
            if (!complete) {
                break;
            }
            cases.run(workload.name(), () -> {
                Outcome outcome = TimingRow.time(workload, timer, "cudnn", cudnn, roof);
                if (outcome.data().get("times_cudnn") instanceof Double speed) {
                    ConvLayer layer = ((Rival.Convolution) workload.rival().orElseThrow()).layer();
                    kinds(layer).forEach(kind -> speeds.computeIfAbsent(kind, k -> new ArrayList<>())
                            .add(speed));
                }
                return outcome;
            });
        }
        String name = "times cuDNN, geometric mean: " + group.name();
        cases.run(name, () -> means(name, speeds));
        return complete;
    }

    private static List<String> kinds(ConvLayer layer) {
        return layer.isDepthwise() ? List.of("all", layer.network(), "depthwise") : List.of("all", layer.network());
    }

    private static Outcome means(String name, Map<String, List<Double>> speeds) {
        if (speeds.isEmpty()) {
            return Outcome.leftOut(name, "nothing to compare with");
        }
        Map<String, Object> data = new LinkedHashMap<>();
        speeds.forEach((kind, values) -> {
            data.put(
                    kind,
                    Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow()));
            data.put(kind + " layers", values.size());
        });
        return Outcome.pass(name, data);
    }
}
