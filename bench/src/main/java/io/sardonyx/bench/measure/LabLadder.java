package io.sardonyx.bench.measure;

import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.device.LadderCall;
import io.sardonyx.bench.device.LadderStep;
import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The ladder of teaching kernels beside ours, as far as it was asked for and the device has it: each step is a contender of its own. */
final class LabLadder {
    private final Device device;
    private final Findings findings;
    private final List<LadderStep> steps;
    private final boolean wanted;

    LabLadder(Plan plan, Device device, Findings findings) {
        this.device = device;
        this.findings = findings;
        this.wanted = plan.against().contains(Contender.LAB);
        this.steps = Stream.of(LadderStep.values())
                .filter(step -> wanted && device.has(step.key()))
                .toList();
        if (wanted && steps.isEmpty()) {
            findings.absent(
                    Contender.LAB + " beside " + device.name(),
                    "its kernels are not in this device's library; build the natives with -DSX_LAB=ON, or see --device sim:0");
        }
    }

    /** Those that take this problem, each run once; the caller closes them. Others are told to the findings. */
    List<LadderCall> open(Problem problem, List<HostTensor> inputs) {
        List<LadderCall> calls = new ArrayList<>();
        if (steps.isEmpty()) {
            return calls;
        }
        boolean products = problem.benchmark().equals("matmul");
        List<LadderStep> taking = steps.stream()
                .filter(step -> products && step.operands() == problem.dtype())
                .toList();
        if (taking.isEmpty()) {
            findings.absent(
                    Contender.LAB + " for " + problem.benchmark() + " " + problem.dtype(),
                    "its steps are matmul, six in float32, two in bfloat16");
        }
        for (LadderStep step : taking) {
            LadderCall call = new LadderCall(step, device, problem, inputs);
            try {
                call.run();
                call.output(); // what fails on a GPU fails when somebody waits
                calls.add(call);
            } catch (DeviceException e) {
                call.close();
                if (!isRefusal(e)) {
                    calls.forEach(LadderCall::close);
                    throw e;
                }
                findings.absent(step + " for " + problem, e.getMessage());
            }
        }
        return calls;
    }

    /** Of sizes, or because the hardware is older. */
    private static boolean isRefusal(DeviceException e) {
        return e.code() == DeviceException.Code.INVALID || e.code() == DeviceException.Code.UNSUPPORTED;
    }
}
