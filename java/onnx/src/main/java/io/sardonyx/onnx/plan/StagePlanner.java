package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.device.Program.Place;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import io.sardonyx.op.AllReduce;
import io.sardonyx.op.Concat;
import io.sardonyx.op.DynamicOperator;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Operator;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.DType;
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
    private static final int LARGEST_RANK = 8; // SX_MAX_RANK

    private final PlanContext context;
    private final NumberedGraph graph;
    private final Device device;
    private final Knowledge knowledge;
    private final Stage.Parts parts = new Stage.Parts();
    private final StageMemory memory;
    private final StepList steps;

    StagePlanner(PlanContext context, Knowledge before) {
        this.context = context;
        this.graph = context.graph();
        this.device = context.device();
        this.knowledge = before.copy();
        this.memory = new StageMemory(context, knowledge, parts);
        this.steps = new StepList(context, memory, parts);
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
        for (int i = 0; i < graph.instructions().size(); i++) {
            if (!knowledge.done[i] && visit(graph.instructions().get(i))) {
                knowledge.done[i] = true;
            }
        }
        boolean finished = parts.dynamic.isEmpty() && parts.needed.isEmpty();
        if (finished) {
            emitOutputs();
        }
        context.requireDevice(parts.placement);
        memory.settle(steps.next());
        return new Stage(context, knowledge, steps.settle(), steps.commands(), memory, parts, finished);
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
        memory.touch(node, steps.next());
        for (int output : node.outputs()) {
            if (output != NumberedGraph.ABSENT) {
                parts.dynamic.add(output);
            }
        }
        String where = dynamic.onlyRunsSubgraphs() ? "host" : ReferenceDevice.INSTANCE.name();
        steps.add(new Step.Dynamic(node, dynamic));
        place(node, where);
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
            if (Folding.possible(node, operator, types, knowledge)) {
                Folding.fold(node, operator, types, knowledge);
                memory.touch(node, steps.next());
                place(node, "folded");
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
        memory.touch(node, steps.next());
        if (operator instanceof AllReduce reduce) {
            allReduce(node, reduce, types);
        } else if (launch.isPresent()
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
        Storage shared = memory.of(from);
        memory.touch(node, steps.next());
        memory.join(to, type, shared);
        place(node, "alias");
        return true;
    }

    /**
     * Lets inputs of a Concat lie in its output from the start, where that holds them one after the other; the others are copied there. False
     * where that would spare little.
     */
    private boolean sideBySide(Instruction node, Concat concat, Launch launch, TensorType type) {
        Shape shape = type.shape();
        List<ConcatPart> concatenated = memory.concatenated(node);
        if (shape.elements(0, shape.axis(concat.axis())) != 1 || !ConcatPart.sparesMost(concatenated)) {
            return false;
        }
        Storage whole = memory.add(type.byteSize(), steps.next());
        concatenated.stream().filter(ConcatPart::movable).forEach(part -> memory.of(part.value())
                .moveInto(whole, part.offset()));
        List<ConcatPart> copied = concatenated.stream()
                .filter(part -> !part.movable() && part.bytes() > 0)
                .toList();
        copied.forEach(part -> copy(node, part, concat, whole));
        if (copied.isEmpty()) {
            place(node, "alias");
        } else {
            place(node, launch);
        }
        memory.join(node.outputs()[0], type, whole);
        return true;
    }

    /** A Concat of this part alone. */
    private void copy(Instruction node, ConcatPart part, Concat concat, Storage whole) {
        TensorType type = knowledge.types[part.value()];
        Launch launch = concat.launch(InputTypes.of(List.of(type), 1, i -> null, i -> false), List.of(type))
                .orElseThrow();
        StageMemory.Operand from = memory.operand(part.value());
        from.storage().use(steps.next());
        whole.use(steps.next());
        steps.addLaunch(
                node, launch, List.of(from, new StageMemory.Operand(type, Storage.partOf(whole, part.offset()))));
    }

    private void kernel(Instruction node, Launch launch, List<TensorType> types) {
        int step = steps.next();
        List<StageMemory.Operand> operands = new ArrayList<>();
        for (Launch.Argument argument : launch.arguments()) {
            if (argument instanceof Launch.Argument.Input input) {
                int value = input.index() < node.inputs().length ? node.inputs()[input.index()] : NumberedGraph.ABSENT;
                operands.add(value == NumberedGraph.ABSENT ? null : memory.operand(value));
            } else if (argument instanceof Launch.Argument.Packed packed) {
                operands.add(memory.packed(node.inputs()[packed.index()], packed));
            } else {
                operands.add(null);
            }
        }
        memory.define(node, types, step, launch.inPlace());
        for (int i = 0; i < operands.size(); i++) {
            if (launch.arguments().get(i) instanceof Launch.Argument.Output output) {
                operands.set(i, memory.output(node, types, step, output.index()));
            }
        }
        place(node, launch);
        steps.addLaunch(node, launch, operands);
    }

    private void reference(Instruction node, TensorOperator operator, List<TensorType> types) {
        memory.define(node, types, steps.next(), Launch.NOT_IN_PLACE);
        steps.add(new Step.Reference(node, operator, types));
        place(node, ReferenceDevice.INSTANCE.name());
    }

    private void allReduce(Instruction node, AllReduce operator, List<TensorType> types) {
        memory.define(node, types, steps.next(), 0);
        steps.add(new Step.Reduce(node, operator, types.get(0)));
        place(node, device.name());
    }

    private void place(Instruction node, String where) {
        parts.placement.add(new Placement(node.name(), node.opType(), where));
    }

    private void place(Instruction node, Launch launch) {
        parts.placement.add(new Placement(node.name(), node.opType(), device.name(), launch.kernel()));
    }

    /** Outputs that do not lie in their own memory yet are written there. */
    private void emitOutputs() {
        for (int j = 0; j < graph.outputs().length; j++) {
            int value = graph.outputs()[j];
            Place to = new Place(context.outputBase(j), 0);
            TensorType type = knowledge.types[value];
            if (knowledge.locations[value] instanceof Location.OnHeap || type.dtype() == DType.STRING) {
                parts.heapOutputs.add(j);
            } else if (knowledge.locations[value] instanceof Location.Known) {
                steps.add(new Step.Write(knowledge.known[value], to));
                parts.outputs.add(new Stage.Output(j, type));
            } else {
                Storage from = memory.of(value);
                if (from.inArena() || from.place().base() != to.base()) {
                    steps.addCopy(new StageMemory.Operand(type, from), to);
                    parts.outputs.add(new Stage.Output(j, type));
                }
            }
        }
    }
}
