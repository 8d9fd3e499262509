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
import java.util.function.IntFunction;

/**
 * Times an operator's kernel on a device: many launches as one program, which a GPU replays as a graph, each on another set of buffers
 * with random contents. The time is the device's, from before the program to behind it; the queue is held by copies until all of it is
 * there, so that the host's launch is not in it. What caches would hold in spite of that is timed launch by launch, each behind such
 * copies.
 */
public final class KernelTimer implements AutoCloseable {
    private static final long ALIGNMENT = 256;

    private final Device device;
    private final Effort effort;
    private final long l2Bytes;
    private Optional<DeviceCopy> copy = Optional.empty();

    /** For a device whose caches are not known. */
    public KernelTimer(Device device, Effort effort) {
        this(device, effort, 0);
    }

    /** @param l2Bytes of its last cache; 0 where that is not known */
    public KernelTimer(Device device, Effort effort, long l2Bytes) {
        this.device = device;
        this.effort = effort;
        this.l2Bytes = l2Bytes;
    }

    /**
     * @param kernel the kernel's key
     * @param sets of buffers that were used in turn
     */
    public record Result(String kernel, Samples samples, int sets) {}

    /** Launches that are ready; the caller closes the batch. */
    public record Ready(String kernel, Batch batch, int sets) {}

    /** Empty where the device has no kernel for this. */
    public Optional<Result> time(Workload workload) {
        return prepare(workload).map(ready -> {
            try (Batch batch = ready.batch()) {
                return new Result(ready.kernel(), effort.measure(batch), ready.sets());
            }
        });
    }

    /** Empty where the device has no kernel for this. */
    public Optional<Ready> prepare(Workload workload) {
        List<TensorType> outputs = workload.operator().infer(workload.types());
        return workload.operator()
                .launch(workload.types(), outputs)
                .flatMap(device::choose)
                .map(launch -> workload.kernel()
                        .map(key -> launch.by(key).scratch(workload.scratch()))
                        .orElse(launch))
                .filter(launch -> device.has(launch.kernel()))
                .map(launch -> prepare(workload, launch, outputs));
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

    private Ready prepare(Workload workload, Launch launch, List<TensorType> outputTypes) {
        int sets = effort.sets(workload.bytes(), l2Bytes);
        var layout = new Layout(workload, outputTypes, sets);
        List<Memory> memory = new ArrayList<>();
        List<Program> programs = new ArrayList<>();
        Runnable close = () -> {
            programs.forEach(Program::close);
            memory.forEach(Memory::close);
            device.trim();
        };
        try {
            for (TensorType type : workload.inputs()) {
                memory.add(
                        RandomMemory.of(device, type.dtype(), bound(workload, type), sets * aligned(type.byteSize())));
            }
            memory.add(device.allocate(sets * stride(outputTypes)));
            memory.add(device.allocate(device.scratch(launch, device.threads())));
            pack(launch, layout, memory);
            Batch batch = effort.isAlone(workload.bytes(), l2Bytes)
                    ? effort.batchOfLone(alone(launch, layout, memory))
                    : effort.batch(sets, replayed(launch, layout, memory, programs));
            return new Ready(launch.kernel(), batch.closing(close), sets);
        } catch (RuntimeException e) {
            close.run();
            throw e;
        }
    }

    /** All launches as one program, which ends with the host's wait for it. */
    private IntFunction<DoubleSupplier> replayed(
            Launch launch, Layout layout, List<Memory> memory, List<Program> programs) {
        long[] bases = memory.stream().mapToLong(Memory::address).toArray();
        RunControl control = new RunControl();
        return launches -> {
            List<Command> commands = new ArrayList<>(launches);
            for (int i = 0; i < launches; i++) {
                commands.add(command(launch, layout, i % layout.sets()));
            }
            Program program = device.compile(commands, device.threads());
            programs.add(program);
            return () -> {
                hold(launches);
                return device.time(() -> program.run(bases, 0, launches, control.reset(null)));
            };
        };
    }

    /** Each launch between events of its own; nothing waits for anything but its time. */
    private IntFunction<DoubleSupplier> alone(Launch launch, Layout layout, List<Memory> memory) {
        Launch packed = Launch.ofKey(launch.kernel()).params(launch.params());
        packed.scratch(device.scratch(launch, device.threads()));
        Workload workload = layout.workload();
        List<TensorType> types = new ArrayList<>(workload.inputs());
        List<Memory> inputs = new ArrayList<>(memory.subList(0, types.size()));
        int packs = layout.scratchBase() + 1;
        for (Argument argument : launch.arguments()) {
            if (argument instanceof Argument.Input input) {
                packed.input(input.index());
            } else if (argument instanceof Argument.Output output) {
                packed.output(output.index());
            } else if (argument instanceof Argument.Packed pack) {
                packed.input(types.size());
                types.add(workload.inputs().get(pack.index()));
                inputs.add(memory.get(packs++));
            }
        }
        Memory[] outputs = new Memory[layout.outputs().size()];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = device.allocate(layout.outputs().get(i).byteSize());
            memory.add(outputs[i]);
        }
        Memory[] given = inputs.toArray(Memory[]::new);
        return launches -> () -> {
            double sum = 0;
            for (int i = 0; i < launches; i++) {
                hold(1);
                sum += device.time(() -> device.launch(packed, types, given, layout.outputs(), outputs));
            }
            return sum;
        };
    }

    /** Keeps a GPU's queue busy while so many launches are queued. */
    private void hold(int launches) {
        double microseconds = effort.holdMicroseconds(launches);
        if (microseconds > 0 && DeviceCopy.isOn(device)) {
            if (copy.isEmpty()) {
                copy = Optional.of(new DeviceCopy(device));
            }
            copy.get().hold(microseconds);
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
                long offset = set * aligned(packed.pack().bytes());
                arguments.add(Optional.of(new Operand(inputs.get(packed.index()), new Place(packs++, offset))));
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

    /** Adds each weight as the launch wants it, once for each set: shared, it would stay in the cache. */
    private void pack(Launch launch, Layout layout, List<Memory> memory) {
        for (Argument argument : launch.arguments()) {
            if (argument instanceof Argument.Packed packed) {
                Launch.Pack pack = packed.pack();
                TensorType type = layout.workload().inputs().get(packed.index());
                long stride = aligned(pack.bytes());
                Memory result = device.allocate(layout.sets() * stride);
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
                for (int set = 1; set < layout.sets(); set++) {
                    device.copy(result, set * stride, result, 0, pack.bytes());
                }
            }
        }
    }

    @Override
    public void close() {
        copy.ifPresent(DeviceCopy::close);
        copy = Optional.empty();
    }
}
