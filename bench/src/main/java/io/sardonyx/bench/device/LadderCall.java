package io.sardonyx.bench.device;

import io.sardonyx.bench.contender.Call;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.op.InputTypes;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** A step of the ladder on a product's operands, which lie on the device. */
public final class LadderCall implements Call {
    private final LadderStep step;
    private final Device device;
    private final Problem problem;
    private final Launch launch;
    private final TensorType result;
    private final List<Memory> inputs = new ArrayList<>();
    private final Memory output;

    /** @param device that has the step's kernel */
    public LadderCall(LadderStep step, Device device, Problem problem, List<HostTensor> values) {
        this.step = step;
        this.device = device;
        this.problem = problem;
        InputTypes types = InputTypes.of(problem.types().toArray(TensorType[]::new));
        List<TensorType> results = step.operator().infer(types);
        this.result = results.get(0);
        this.launch = step.operator().launch(types, results).orElseThrow();
        for (HostTensor value : values) {
            Memory memory = device.allocate(value.type().byteSize());
            inputs.add(memory);
            value.write(memory, 0);
        }
        this.output = device.allocate(result.byteSize());
    }

    public LadderStep step() {
        return step;
    }

    /** @throws io.sardonyx.device.DeviceException if the step does not take these sizes, or the hardware not this step */
    @Override
    public void run() {
        device.launch(launch, problem.types(), inputs.toArray(Memory[]::new), List.of(result), new Memory[] {output});
    }

    /** Rounded to the type that the problem's result has. */
    @Override
    public HostTensor output() {
        HostTensor computed = HostTensor.read(result, output, 0);
        return HostTensor.allocate(problem.output()).setAll(computed.toDoubles());
    }

    @Override
    public void close() {
        inputs.forEach(Memory::close);
        output.close();
    }
}
