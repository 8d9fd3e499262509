package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.device.Program.Command;
import io.sardonyx.device.Program.Operand;
import io.sardonyx.device.Program.Place;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import io.sardonyx.op.Concat;
import io.sardonyx.op.DynamicOperator;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.Operator;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Plans one stage: takes every node whose inputs are at hand, in order. A node whose inputs are all known is evaluated now; one that
 * only renames the shape of its input gets no step; one with a kernel becomes a command; any other a step in Java. What asks for a
 * value that only a run can tell, and what depends on it, is left to the next stage.
 */
final class StagePlanner {
    /** Results up to this size are worked out when planning; shape arithmetic is far below, weights were folded at load. */
    private static final long LARGEST_FOLD = 1 << 16;

    private static final int LARGEST_RANK = 8; // SX_MAX_RANK

    private final PlanContext context;
    private final NumberedGraph graph;
    private final Device device;
    private final Knowledge knowledge;
    private final Storage[] storage;
    private final int[] uses;
    private final Arena arena = new Arena();
    private final int arenaBase;
    private final List<PlannedStep> steps = new ArrayList<>();
    private final Stage.Parts parts = new Stage.Parts();

    /** A step whose places are settled at the end. */
    private interface PlannedStep {
        Step settle(List<Command> commands);
    }

    StagePlanner(PlanContext context, Knowledge before) {
        this.context = context;
        this.graph = context.graph();
        this.device = context.device();
        this.knowledge = before.copy();
        this.arenaBase = knowledge.bases++;
        this.storage = new Storage[graph.values()];
        this.uses = new int[graph.values()];
    }

    /** @throws UnsupportedModelException if the policy requires the device and a node would run elsewhere */
    Stage plan() {
        try {
            return planAll();
        } catch (RuntimeException | Error e) {
            parts.owned.forEach(Memory::close);
            throw e;
        }
    }

    private Stage planAll() {
        countUses();
        for (int i = 0; i < graph.instructions().size(); i++) {
            if (!knowledge.done[i] && visit(graph.instructions().get(i))) {
                knowledge.done[i] = true;
            }
        }
        boolean finished = parts.dynamic.isEmpty() && parts.needed.isEmpty();
        if (finished) {
            emitOutputs();
        }
        return settle(finished);
    }

    private void countUses() {
        for (int i = 0; i < graph.instructions().size(); i++) {
            if (!knowledge.done[i]) {
                for (int input : graph.instructions().get(i).inputs()) {
                    if (input != NumberedGraph.ABSENT) {
                        uses[input]++;
                    }
                }
            }
        }
        for (int output : graph.outputs()) {
            uses[output]++;
        }
    }

    /** Whether the node is planned; if not, the next stage will. */
    private boolean visit(Instruction node) {
        for (int input : node.inputs()) {
            if (!knowledge.available(input)) {
                return false;
            }
        }
        Operator operator = node.operator();
        if (operator instanceof TensorOperator tensorOperator && allTensors(node)) {
            return visit(node, tensorOperator);
        }
        DynamicOperator dynamic = operator instanceof DynamicOperator d ? d : new PassOn(operator.name());
        touch(node);
        for (int output : node.outputs()) {
            if (output != NumberedGraph.ABSENT) {
                parts.dynamic.add(output);
            }
        }
        String where = dynamic.onlyRunsSubgraphs() ? "host" : ReferenceDevice.INSTANCE.name();
        add(node, where, commands -> new Step.Dynamic(node, dynamic));
        return true;
    }

    private boolean allTensors(Instruction node) {
        return Arrays.stream(node.inputs()).allMatch(v -> v == NumberedGraph.ABSENT || knowledge.isTensor(v));
    }

    private boolean visit(Instruction node, TensorOperator operator) {
        InputTypes in = inputTypes(node);
        List<TensorType> types;
        Optional<Launch> launch;
        try {
            types = operator.infer(in);
            requireOutputs(node, types);
            if (foldable(node, operator, types)) {
                List<HostTensor> results = evaluate(node, operator, types);
                for (int i = 0; i < node.outputs().length; i++) {
                    if (node.outputs()[i] != NumberedGraph.ABSENT) {
                        knowledge.learn(node.outputs()[i], results.get(i));
                    }
                }
                touch(node);
                parts.placement.add(new Placement(node.name(), node.opType(), "folded"));
                return true;
            }
            launch = fit(node, types) ? operator.launch(in, types).flatMap(context::choose) : Optional.empty();
        } catch (InputTypes.ValueNeeded e) {
            parts.needed.add(node.inputs()[e.input()]);
            return false;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw context.failure(node, e);
        }
        for (TensorType type : types) {
            context.requireMemory(node.name(), type.byteSize(), "a result " + type);
        }
        if (operator.aliases() && alias(node, types.get(0))) {
            return true;
        }
        touch(node);
        if (launch.isPresent()
                && operator instanceof Concat concat
                && sideBySide(node, concat, launch.get(), types.get(0))) {
            return true;
        } else if (launch.isPresent()) {
            kernel(node, launch.get(), types);
        } else {
            reference(node, operator, types);
        }
        return true;
    }

    private InputTypes inputTypes(Instruction node) {
        int[] inputs = node.inputs();
        List<TensorType> types = new ArrayList<>(inputs.length);
        for (int input : inputs) {
            types.add(input == NumberedGraph.ABSENT ? null : knowledge.types[input]);
        }
        return InputTypes.of(
                types, node.outputs().length, i -> knowledge.known[inputs[i]], i -> knowledge.weights[inputs[i]]);
    }

    private static void requireOutputs(Instruction node, List<TensorType> types) {
        if (types.size() < node.outputs().length) {
            throw new IllegalArgumentException(node.opType() + ": the node names " + node.outputs().length
                    + " outputs, there are " + types.size());
        }
    }

    private boolean foldable(Instruction node, TensorOperator operator, List<TensorType> types) {
        for (int input : node.inputs()) {
            if (input != NumberedGraph.ABSENT && knowledge.known[input] == null && !operator.readsOnlyTypes()) {
                return false;
            }
        }
        return operator.deterministic()
                && types.stream().allMatch(t -> t.shape().elements() <= LARGEST_FOLD && t.byteSize() <= LARGEST_FOLD);
    }

    private List<HostTensor> evaluate(Instruction node, TensorOperator operator, List<TensorType> types) {
        HostTensor[] inputs = new HostTensor[node.inputs().length];
        for (int i = 0; i < inputs.length; i++) {
            int value = node.inputs()[i];
            if (value != NumberedGraph.ABSENT) {
                HostTensor known = knowledge.known[value];
                inputs[i] = known != null ? known : HostTensor.withoutData(knowledge.types[value]);
            }
        }
        List<HostTensor> results = types.stream().map(HostTensor::allocate).toList();
        operator.reference(Inputs.of(inputs), results);
        return results;
    }

    /** Whether kernels take tensors of these ranks and types. */
    private boolean fit(Instruction node, List<TensorType> types) {
        for (int input : node.inputs()) {
            if (input != NumberedGraph.ABSENT && !fits(knowledge.types[input])) {
                return false;
            }
        }
        return types.stream().allMatch(StagePlanner::fits);
    }

    private static boolean fits(TensorType type) {
        return type.shape().rank() <= LARGEST_RANK && type.dtype() != DType.STRING;
    }

    /** Output 0 is input 0 under another shape: no step. False where the input is not in memory. */
    private boolean alias(Instruction node, TensorType type) {
        int from = node.inputs()[0];
        int to = node.outputs()[0];
        if (knowledge.known[from] != null || !(knowledge.locations[from] instanceof Location.InMemory)) {
            return false;
        }
        Storage shared = storageOf(from);
        touch(node);
        join(to, type, shared);
        parts.placement.add(new Placement(node.name(), node.opType(), "alias"));
        return true;
    }

    /**
     * Lets inputs of a Concat lie in its output from the start, where that holds them one after the other; the others are copied there. False
     * where that would spare little.
     */
    private boolean sideBySide(Instruction node, Concat concat, Launch launch, TensorType type) {
        Shape shape = type.shape();
        List<ConcatPart> concatenated = ConcatPart.of(node.inputs(), knowledge.types, storage);
        if (shape.elements(0, shape.axis(concat.axis())) != 1 || !ConcatPart.sparesMost(concatenated)) {
            return false;
        }
        var whole = Storage.inArena(arena.add(type.byteSize(), steps.size()), arenaBase);
        concatenated.stream()
                .filter(ConcatPart::movable)
                .forEach(part -> storage[part.value()].moveInto(whole, part.offset()));
        List<ConcatPart> copied = concatenated.stream()
                .filter(part -> !part.movable() && part.bytes() > 0)
                .toList();
        copied.forEach(part -> copy(node, part, concat, whole));
        parts.placement.add(
                copied.isEmpty()
                        ? new Placement(node.name(), node.opType(), "alias")
                        : new Placement(node.name(), node.opType(), device.name(), launch.kernel()));
        join(node.outputs()[0], type, whole);
        return true;
    }

    /** A Concat of this part alone. */
    private void copy(Instruction node, ConcatPart part, Concat concat, Storage whole) {
        TensorType type = knowledge.types[part.value()];
        Launch launch = concat.launch(InputTypes.of(List.of(type), 1, i -> null, i -> false), List.of(type))
                .orElseThrow();
        OperandSource from = operand(part.value());
        from.storage.use(steps.size());
        whole.use(steps.size());
        command(node, launch, List.of(from, new OperandSource(type, Storage.partOf(whole, part.offset()))));
    }

    private void kernel(Instruction node, Launch launch, List<TensorType> types) {
        int step = steps.size();
        List<OperandSource> operands = new ArrayList<>();
        for (Launch.Argument argument : launch.arguments()) {
            if (argument instanceof Launch.Argument.Input input) {
                int value = input.index() < node.inputs().length ? node.inputs()[input.index()] : NumberedGraph.ABSENT;
                operands.add(value == NumberedGraph.ABSENT ? null : operand(value));
            } else if (argument instanceof Launch.Argument.Packed p) {
                int value = node.inputs()[p.index()];
                long address = context.weights()
                        .packed(knowledge.known[value], p.pack())
                        .address();
                operands.add(new OperandSource(knowledge.types[value], Storage.at(new Place(0, address))));
            } else {
                operands.add(null);
            }
        }
        defineOutputs(node, types, step, launch.inPlace());
        for (int i = 0; i < operands.size(); i++) {
            if (launch.arguments().get(i) instanceof Launch.Argument.Output output) {
                operands.set(i, outputOperand(node, types, step, output.index()));
            }
        }
        parts.placement.add(new Placement(node.name(), node.opType(), device.name(), launch.kernel()));
        command(node, launch, operands);
    }

    /** Adds a step that launches a kernel; an operand may be null. */
    private void command(Instruction node, Launch launch, List<OperandSource> operands) {
        long scratchBytes = device.scratch(launch, context.threads());
        Optional<Arena.Block> scratch =
                scratchBytes == 0 ? Optional.empty() : Optional.of(arena.add(scratchBytes, steps.size()));
        steps.add(commands -> {
            List<Optional<Operand>> arguments = new ArrayList<>();
            for (OperandSource source : operands) {
                arguments.add(
                        source == null
                                ? Optional.empty()
                                : Optional.of(new Operand(source.type, source.storage.place())));
            }
            commands.add(new Command(
                    launch.kernel(),
                    arguments,
                    launch.params(),
                    scratch.map(block -> new Place(arenaBase, block.offset())),
                    scratchBytes));
            parts.commandNodes.add(node);
            return new Step.Kernels(commands.size() - 1, commands.size());
        });
    }

    private record OperandSource(TensorType type, Storage storage) {}

    /** Input {@code value} for a kernel: known values and values on the heap are brought to the device. */
    private OperandSource operand(int value) {
        if (storage[value] == null && knowledge.locations[value] instanceof Location.Known) {
            HostTensor known = knowledge.known[value];
            long address = knowledge.weights[value]
                    ? context.weights().plain(known).address()
                    : parts.own(Weights.upload(device, known)).address();
            storage[value] = Storage.at(new Place(0, address));
        } else if (storage[value] == null && knowledge.locations[value] instanceof Location.OnHeap) {
            int base = knowledge.bases++;
            parts.imports.add(new Stage.Import(value, base));
            storage[value] = Storage.at(new Place(base, 0));
        }
        return new OperandSource(knowledge.types[value], storageOf(value));
    }

    private OperandSource outputOperand(Instruction node, List<TensorType> types, int step, int index) {
        if (index >= types.size()) {
            return null;
        }
        boolean wanted = index < node.outputs().length && node.outputs()[index] != NumberedGraph.ABSENT;
        Storage where = wanted
                ? storage[node.outputs()[index]]
                : Storage.inArena(arena.add(types.get(index).byteSize(), step), arenaBase);
        return new OperandSource(types.get(index), where);
    }

    private void reference(Instruction node, TensorOperator operator, List<TensorType> types) {
        int step = steps.size();
        defineOutputs(node, types, step, Launch.NOT_IN_PLACE);
        add(node, "reference", commands -> new Step.Reference(node, operator, types));
    }

    private void defineOutputs(Instruction node, List<TensorType> types, int step, int inPlace) {
        for (int i = 0; i < node.outputs().length; i++) {
            int value = node.outputs()[i];
            TensorType type = types.get(i);
            if (value == NumberedGraph.ABSENT) {
                continue;
            }
            if (type.dtype() == DType.STRING) {
                knowledge.learnOnHeap(value, type);
            } else if (i == 0 && inPlace >= 0 && reusable(node, inPlace, type)) {
                join(value, type, storage[node.inputs()[inPlace]]);
            } else {
                join(value, type, Storage.inArena(arena.add(type.byteSize(), step), arenaBase));
            }
        }
    }

    /** Whether nobody needs the input any more, so that the output may lie there. */
    private boolean reusable(Instruction node, int input, TensorType type) {
        int value = input < node.inputs().length ? node.inputs()[input] : NumberedGraph.ABSENT;
        if (value == NumberedGraph.ABSENT || storage[value] == null) {
            return false;
        }
        Storage shared = storage[value];
        // Scatter, for one, would read its updates where it has written already.
        boolean alone = Arrays.stream(node.inputs())
                        .filter(v -> v != NumberedGraph.ABSENT && storage[v] != null && storage[v].overlaps(shared))
                        .count()
                == 1;
        return alone && shared.inArena() && shared.uses() == 0 && knowledge.types[value].byteSize() == type.byteSize();
    }

    /** {@code value} lives in {@code shared} from now on; a graph output moves it into the output's own memory if that is free. */
    private void join(int value, TensorType type, Storage shared) {
        storage[value] = shared;
        shared.addUses(uses[value]);
        knowledge.learn(value, type, null);
        for (int j = 0; j < graph.outputs().length; j++) {
            if (graph.outputs()[j] == value && shared.inArena()) {
                shared.moveToOutput(context.outputBase(j));
                parts.outputs.add(new Stage.Output(j, type));
            }
        }
    }

    private Storage storageOf(int value) {
        if (storage[value] == null && knowledge.locations[value] instanceof Location.InMemory memory) {
            storage[value] = Storage.at(memory.place());
            storage[value].addUses(uses[value]);
        }
        return storage[value];
    }

    /** The node at the next step uses its inputs: they live up to there. */
    private void touch(Instruction node) {
        for (int input : node.inputs()) {
            if (input != NumberedGraph.ABSENT) {
                uses[input]--;
                if (storage[input] != null) {
                    storage[input].use(steps.size());
                    storage[input].addUses(-1);
                }
            }
        }
    }

    private void add(Instruction node, String where, PlannedStep step) {
        steps.add(step);
        parts.placement.add(new Placement(node.name(), node.opType(), where));
    }

    /** Outputs that do not lie in their own memory yet are written there. */
    private void emitOutputs() {
        for (int j = 0; j < graph.outputs().length; j++) {
            int value = graph.outputs()[j];
            Place to = new Place(context.outputBase(j), 0);
            TensorType type = knowledge.types[value];
            if (knowledge.locations[value] instanceof Location.OnHeap || type.dtype() == DType.STRING) {
                parts.heapOutputs.add(j);
                continue;
            }
            if (knowledge.locations[value] instanceof Location.Known) {
                HostTensor known = knowledge.known[value];
                steps.add(commands -> new Step.Write(known, to));
                parts.outputs.add(new Stage.Output(j, type));
                continue;
            }
            Storage from = storageOf(value);
            if (from.inArena() || from.place().base() != context.outputBase(j)) {
                from.use(steps.size());
                steps.add(commands -> new Step.Copy(from.place(), to, type));
                parts.outputs.add(new Stage.Output(j, type));
            }
        }
    }

    private Stage settle(boolean finished) {
        context.requireDevice(parts.placement);
        for (int v = 0; v < storage.length; v++) {
            if (storage[v] != null && uses[v] > 0) {
                storage[v].use(steps.size());
            }
        }
        for (int value : parts.needed) {
            if (storage[value] != null) {
                storage[value].use(steps.size());
            }
        }
        arena.settle();
        List<Command> commands = new ArrayList<>();
        List<Step> settled = new ArrayList<>();
        for (PlannedStep planned : steps) {
            Step step = planned.settle(commands);
            Step before = settled.isEmpty() ? null : settled.get(settled.size() - 1);
            if (step instanceof Step.Kernels k && before instanceof Step.Kernels b) {
                settled.set(settled.size() - 1, new Step.Kernels(b.first(), k.last()));
            } else {
                settled.add(step);
            }
        }
        for (int v = 0; v < storage.length; v++) {
            if (knowledge.locations[v] instanceof Location.InMemory && storage[v] != null) {
                knowledge.locations[v] = new Location.InMemory(storage[v].place());
            }
        }
        return new Stage(context, knowledge, settled, commands, arenaBase, arena, parts, finished);
    }
}
