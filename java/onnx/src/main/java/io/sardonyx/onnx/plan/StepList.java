package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Program.Command;
import io.sardonyx.device.Program.Operand;
import io.sardonyx.device.Program.Place;
import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The steps of a stage that is being planned, in order; places go in when the stage's memory is settled. */
final class StepList {
    /** A step whose places are settled at the end. */
    private interface Planned {
        Step settle();
    }

    private final PlanContext context;
    private final StageMemory memory;
    private final Stage.Parts parts;
    private final List<Planned> planned = new ArrayList<>();
    private final List<Command> commands = new ArrayList<>();

    StepList(PlanContext context, StageMemory memory, Stage.Parts parts) {
        this.context = context;
        this.memory = memory;
        this.parts = parts;
    }

    /** The number of the step that is added next. */
    int next() {
        return planned.size();
    }

    void add(Step step) {
        planned.add(() -> step);
    }

    /** Copies a value from where it lies. */
    void addCopy(StageMemory.Operand from, Place to) {
        from.storage().use(next());
        planned.add(() -> new Step.Copy(from.storage().place(), to, from.type()));
    }

    /** Launches a kernel; an operand may be null. */
    void addLaunch(Instruction node, Launch launch, List<StageMemory.Operand> operands) {
        Device device = context.device();
        long scratchBytes = device.scratch(launch, context.threads());
        Optional<Storage> scratch =
                scratchBytes == 0 ? Optional.empty() : Optional.of(memory.add(scratchBytes, next()));
        planned.add(() -> {
            List<Optional<Operand>> arguments = new ArrayList<>();
            for (StageMemory.Operand source : operands) {
                arguments.add(Optional.ofNullable(source)
                        .map(s -> new Operand(s.type(), s.storage().place())));
            }
            commands.add(new Command(
                    launch.kernel(), arguments, launch.params(), scratch.map(Storage::place), scratchBytes));
            parts.commandNodes.add(node);
            return new Step.Kernels(commands.size() - 1, commands.size());
        });
    }

    /** All steps, launches that follow each other as one; behind this, {@link #commands} is whole. */
    List<Step> settle() {
        List<Step> settled = new ArrayList<>();
        for (Planned p : planned) {
            Step step = p.settle();
            Step before = settled.isEmpty() ? null : settled.get(settled.size() - 1);
            if (step instanceof Step.Kernels k && before instanceof Step.Kernels b) {
                settled.set(settled.size() - 1, new Step.Kernels(b.first(), k.last()));
            } else {
                settled.add(step);
            }
        }
        return settled;
    }

    List<Command> commands() {
        return commands;
    }
}
