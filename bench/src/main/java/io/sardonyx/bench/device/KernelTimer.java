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
    /** Bases of the program's addresses; those of packed weights follow. */
    private static final int INPUTS = 0;

    private static final int OUTPUTS = 1;
    private static final int SCRATCH = 2;
    private static final int PACKS = 3;
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
                .map(launch -> time(workload, launch, outputs));
    }

    private Result time(Workload workload, Launch launch, List<TensorType> outputTypes) {
        int sets = effort.sets(workload.bytes());
        long inputBytes = sets * stride(workload.inputs());
        List<Memory> memory = new ArrayList<>();
        List<Program> programs = new ArrayList<>();
        try {
            memory.add(RandomMemory.of(device, workload.inputs().get(0).dtype(), inputBytes));
            memory.add(device.allocate(sets * stride(outputTypes)));
            memory.add(device.allocate(launch.scratch(device.threads())));
            pack(launch, workload, memory);
            long[] bases = memory.stream().mapToLong(Memory::address).toArray();
            RunControl control = new RunControl();
            Samples samples = effort.measure(sets, launches -> {
                List<Command> commands = new ArrayList<>(launches);
                for (int i = 0; i < launches; i++) {
                    commands.add(command(launch, workload.inputs(), outputTypes, i % sets));
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
        }
    }

    /** Bytes from one set of these tensors to the next. */
    private static long stride(List<TensorType> types) {
        return types.stream().mapToLong(type -> aligned(type.byteSize())).sum();
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static Operand operand(List<TensorType> types, int index, int base, int set) {
        long offset = set * stride(types) + stride(types.subList(0, index));
        return new Operand(types.get(index), new Place(base, offset));
    }

    private Command command(Launch launch, List<TensorType> inputs, List<TensorType> outputs, int set) {
        List<Optional<Operand>> arguments = new ArrayList<>();
        int packs = PACKS;
        for (Argument argument : launch.arguments()) {
            if (argument instanceof Argument.Input input) {
                arguments.add(
                        input.index() < inputs.size()
                                ? Optional.of(operand(inputs, input.index(), INPUTS, set))
                                : Optional.empty());
            } else if (argument instanceof Argument.Output output) {
                arguments.add(Optional.of(operand(outputs, output.index(), OUTPUTS, set)));
            } else if (argument instanceof Argument.Packed packed) {
                arguments.add(Optional.of(new Operand(inputs.get(packed.index()), new Place(packs++, 0))));
            }
        }
        long scratch = launch.scratch(device.threads());
        return new Command(
                launch.kernel(),
                arguments,
                launch.params(),
                scratch == 0 ? Optional.empty() : Optional.of(new Place(SCRATCH, 0)),
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
                try (Memory weight = RandomMemory.of(device, type.dtype(), type.byteSize())) {
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
