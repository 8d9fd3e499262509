package io.sardonyx.bench.device;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Launch.Argument;
import io.sardonyx.device.Memory;
import io.sardonyx.device.Program;
import io.sardonyx.device.Program.Command;
import io.sardonyx.device.Program.Operand;
import io.sardonyx.device.Program.Place;
import io.sardonyx.device.RunControl;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * Times an operator's kernel on a device: many launches as one program, which a GPU replays as a graph, each on another set of buffers
 * with random contents. The time is the device's, from before the program to behind it.
 */
public final class KernelTimer {
    private static final long ALIGNMENT = 256;

    private final Device device;
    private final Effort effort;

    public KernelTimer(Device device, Effort effort) {
        this.device = device;
        this.effort = effort;
    }

    /**
     * @param kernel the kernel's key
     * @param sets of buffers that were used in turn
     */
    public record Result(String kernel, Samples samples, int sets) {}

    /** Empty where the device has no kernel for this. */
    public Optional<Result> time(Workload workload) {
        List<TensorType> outputs = workload.operator().infer(workload.types());
        return workload.operator()
                .launch(workload.types(), outputs)
                .flatMap(device::choose)
                .map(launch -> workload.kernel()
                        .map(key -> launch.by(key).scratch(workload.scratch()))
                        .orElse(launch))
                .filter(launch -> device.has(launch.kernel()))
                .map(launch -> time(workload, launch, outputs));
    }

    /** How many sets of buffers there are, and the numbers of the program's addresses: inputs, then outputs, scratch, packed weights. */
    private record Layout(Workload workload, List<TensorType> outputs, int sets) {
        int outputBase() {
            return workload.inputs().size();
        }

        int scratchBase() {
            return outputBase() + 1;
        }

        Operand input(int i, int set) {
            TensorType type = workload.inputs().get(i);
            return new Operand(type, new Place(i, set * aligned(type.byteSize())));
        }

        Operand output(int i, int set) {
            long offset = set * stride(outputs) + stride(outputs.subList(0, i));
            return new Operand(outputs.get(i), new Place(outputBase(), offset));
        }
    }

    private Result time(Workload workload, Launch launch, List<TensorType> outputTypes) {
        int sets = effort.sets(workload.bytes());
        var layout = new Layout(workload, outputTypes, sets);
        List<Memory> memory = new ArrayList<>();
        List<Program> programs = new ArrayList<>();
        try {
            for (TensorType type : workload.inputs()) {
                memory.add(
                        RandomMemory.of(device, type.dtype(), bound(workload, type), sets * aligned(type.byteSize())));
            }
            memory.add(device.allocate(sets * stride(outputTypes)));
            memory.add(device.allocate(device.scratch(launch, device.threads())));
            pack(launch, workload, memory);
            long[] bases = memory.stream().mapToLong(Memory::address).toArray();
            RunControl control = new RunControl();
            Samples samples = effort.measure(sets, launches -> {
                List<Command> commands = new ArrayList<>(launches);
                for (int i = 0; i < launches; i++) {
                    commands.add(command(launch, layout, i % sets));
                }
                Program program = device.compile(commands, device.threads());
                programs.add(program);
                DoubleSupplier run = () -> device.time(() -> program.run(bases, 0, launches, control.reset(null)));
                return run;
            });
            return new Result(launch.kernel(), samples, sets);
        } finally {
            programs.forEach(Program::close);
            memory.forEach(Memory::close);
            device.trim();
        }
    }

    /** Indices are into the first axis of the first input. */
    private static int bound(Workload workload, TensorType type) {
        return type.dtype() == DType.INT64
                ? (int) workload.inputs().get(0).shape().size(0)
                : RandomMemory.SMALL;
    }

    /** Bytes from one set of these tensors to the next. */
    private static long stride(List<TensorType> types) {
        return types.stream().mapToLong(type -> aligned(type.byteSize())).sum();
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private Command command(Launch launch, Layout layout, int set) {
        List<Optional<Operand>> arguments = new ArrayList<>();
        int packs = layout.scratchBase() + 1;
        List<TensorType> inputs = layout.workload().inputs();
        for (Argument argument : launch.arguments()) {
            if (argument instanceof Argument.Input input) {
                arguments.add(
                        input.index() < inputs.size()
                                ? Optional.of(layout.input(input.index(), set))
                                : Optional.empty());
            } else if (argument instanceof Argument.Output output) {
                arguments.add(Optional.of(layout.output(output.index(), set)));
            } else if (argument instanceof Argument.Packed packed) {
                arguments.add(Optional.of(new Operand(inputs.get(packed.index()), new Place(packs++, 0))));
            }
        }
        long scratch = device.scratch(launch, device.threads());
        return new Command(
                launch.kernel(),
                arguments,
                launch.params(),
                scratch == 0 ? Optional.empty() : Optional.of(new Place(layout.scratchBase(), 0)),
                scratch);
    }

    /** Adds each weight as the launch wants it; one copy of it serves all sets. */
    private void pack(Launch launch, Workload workload, List<Memory> memory) {
        for (Argument argument : launch.arguments()) {
            if (argument instanceof Argument.Packed packed) {
                Launch.Pack pack = packed.pack();
                TensorType type = workload.inputs().get(packed.index());
                Memory result = device.allocate(pack.bytes());
                memory.add(result);
                Launch packing = Launch.ofKey(pack.kernel()).input(0).output(0);
                pack.params().forEach(packing::param);
                try (Memory weight = RandomMemory.of(device, type.dtype(), RandomMemory.SMALL, type.byteSize())) {
                    device.launch(
                            packing,
                            List.of(type),
                            new Memory[] {weight},
                            List.of(TensorType.of(DType.UINT8, pack.bytes())),
                            new Memory[] {result});
                }
            }
        }
    }
}
