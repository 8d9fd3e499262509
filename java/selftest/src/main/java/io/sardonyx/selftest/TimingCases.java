package io.sardonyx.selftest;

import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.KernelTimer;
import io.sardonyx.bench.device.NvidiaLibrary;
import io.sardonyx.bench.device.Roof;
import io.sardonyx.bench.device.TimingTable;
import io.sardonyx.bench.device.Workload;
import io.sardonyx.device.Device;
import java.util.List;

/** The table of kernels and shapes, with cuBLAS beside it where it is; small and meaningless on simulated devices. */
final class TimingCases {
    /** Before the end of the step's time nothing new is begun. */
    static final double RESERVE_SECONDS = 5;

    private TimingCases() {}

    static boolean isGpu(Device device) {
        return device.name().startsWith("cuda:");
    }

    static void run(Device device, Cases cases) {
        boolean gpu = isGpu(device);
        Effort effort = gpu ? Effort.GPU : Effort.SMOKE;
        Roof roof = new Roof();
        List<Workload> table = gpu ? TimingTable.full() : TimingTable.tiny();
        try (KernelTimer timer = new KernelTimer(device, effort);
                NvidiaLibrary cublas = NvidiaLibrary.cublas(effort, number(device))) {
            cases.run("cuBLASLt", () -> TimingRow.library("cuBLASLt", cublas));
            for (int i = 0; i < table.size(); i++) {
                Workload workload = table.get(i);
                if (cases.secondsLeft() < RESERVE_SECONDS) {
                    leaveOut(cases, "rows", table.size() - i, workload.name());
                    return;
                }
                cases.run(workload.name(), () -> TimingRow.time(workload, timer, "cublas", cublas, roof));
            }
        }
    }

    /** As in {@code cuda:1}; 0 of a device without one. */
    static int number(Device device) {
        int colon = device.name().indexOf(':');
        return colon < 0 ? 0 : Integer.parseInt(device.name().substring(colon + 1));
    }

    /** Says how many of {@code what} the time did not suffice for. */
    static void leaveOut(Cases cases, String what, int count, String first) {
        String name = "out of time";
        cases.run(name, () -> Outcome.leftOut(name, count + " " + what + " from " + first + " on"));
    }
}
