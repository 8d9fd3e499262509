package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.DeviceLostException;
import io.sardonyx.device.Memory;
import io.sardonyx.device.OutOfMemoryException;
import io.sardonyx.device.Program;
import io.sardonyx.device.Program.Place;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import io.sardonyx.op.Evaluation;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.Subgraph;
import io.sardonyx.op.Values;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostOptional;
import io.sardonyx.tensor.HostValue.HostSequence;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A planned part of a graph, ready to run any number of times, also at once: steps, a native program, and the size of its arena.
 * Where a run has to find out something first, the stages behind it are planned and kept by what was found.
 */
final class Stage implements AutoCloseable {
    /** A value on the heap that kernels need: its bytes go behind base address {@code base}. */
    record Import(int value, int base) {}

    /** A graph output whose memory this stage fills. */
    record Output(int index, TensorType type) {}

    /** What the planner collects for a stage. */
    static final class Parts {
        final List<Import> imports = new ArrayList<>();
        final List<Output> outputs = new ArrayList<>();
        final List<Integer> heapOutputs = new ArrayList<>();
        final List<Integer> dynamic = new ArrayList<>();
        final List<Integer> needed = new ArrayList<>();
        final List<Memory> owned = new ArrayList<>();
        final List<Instruction> commandNodes = new ArrayList<>();
        final List<Placement> placement = new ArrayList<>();

        Memory own(Memory memory) {
            owned.add(memory);
            return memory;
        }
    }

    private final PlanContext context;
    private final Knowledge knowledge;
    private final List<Step> steps;
    private final Optional<Program> program;
    private final int arenaBase;
    private final long arenaBytes;
    private final Parts parts;
    private final boolean finished;
    private final ConcurrentLinkedDeque<Memory> arenas = new ConcurrentLinkedDeque<>();
    private final StageCache next = new StageCache();

    Stage(
            PlanContext context,
            Knowledge knowledge,
            List<Step> steps,
            List<Program.Command> commands,
            StageMemory memory,
            Parts parts,
            boolean finished) {
        this.context = context;
        this.knowledge = knowledge;
        this.steps = steps;
        this.program = commands.isEmpty()
                ? Optional.empty()
                : Optional.of(context.device().compile(commands, context.threads()));
        this.arenaBase = memory.arenaBase();
        this.arenaBytes = memory.arenaBytes();
        this.parts = parts;
        this.finished = finished;
        context.requireMemory("", arenaBytes, "the values of one run");
    }

    List<Placement> placement() {
        return parts.placement;
    }

    List<Step> steps() {
        return steps;
    }

    long arenaBytes() {
        return arenaBytes;
    }

    Optional<Stage> anyNext() {
        return next.any();
    }

    /** Runs this stage and those behind it. */
    void run(RunState run, GraphPlan.Results results) {
        Memory arena = arenas.pollFirst();
        if (arena == null) {
            arena = context.device().allocate(arenaBytes);
        }
        try {
            run.setBase(arenaBase, arena);
            for (Output output : parts.outputs) {
                run.setBase(context.outputBase(output.index()), results.memory(output.index(), output.type()));
            }
            for (Import in : parts.imports) {
                HostTensor tensor = (HostTensor) run.heap[in.value()];
                run.setBase(in.base(), run.own(Weights.upload(context.device(), tensor)));
            }
            for (Step step : steps) {
                run.control.check();
                take(step, run);
            }
            if (!finished) {
                Stage behind = next(run);
                try {
                    behind.run(run, results);
                } finally {
                    next.release(behind);
                }
            }
            for (int j : parts.heapOutputs) {
                results.setHost(j, value(context.graph().outputs()[j], run));
            }
        } finally {
            arenas.addFirst(arena);
        }
    }

    private void take(Step step, RunState run) {
        if (step instanceof Step.Kernels kernels) {
            try {
                program.orElseThrow().run(run.bases(), kernels.first(), kernels.last(), run.control);
            } catch (DeviceException e) {
                boolean ofDevice = e instanceof OutOfMemoryException || e instanceof DeviceLostException;
                throw e.step() < 0 || ofDevice ? e : context.failure(nodeOf(e), e);
            }
        } else if (step instanceof Step.Reference reference) {
            reference(reference, run);
        } else if (step instanceof Step.Dynamic dynamic) {
            dynamic(dynamic, run);
        } else if (step instanceof Step.Reduce reduce) {
            reduce(reduce, run);
        } else if (step instanceof Step.Copy copy) {
            run.copy(context.device(), copy.from(), copy.to(), copy.type().byteSize());
        } else if (step instanceof Step.Write write) {
            run.write(write.value(), write.to());
        }
    }

    private Instruction nodeOf(DeviceException e) {
        return parts.commandNodes.get(e.step());
    }

    private void reference(Step.Reference step, RunState run) {
        Instruction node = step.node();
        HostTensor[] inputs = new HostTensor[node.inputs().length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = node.inputs()[i] == NumberedGraph.ABSENT ? null : (HostTensor) value(node.inputs()[i], run);
        }
        List<HostTensor> outputs = new ArrayList<>();
        for (int i = 0; i < step.outputs().size(); i++) {
            TensorType type = step.outputs().get(i);
            Optional<Place> place = placeOfOutput(node, i, type);
            outputs.add(place.map(p -> run.target(type, p)).orElseGet(() -> HostTensor.allocate(type)));
        }
        try {
            step.operator().reference(Inputs.of(inputs), outputs);
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw context.failure(node, e);
        }
        for (int i = 0; i < outputs.size(); i++) {
            HostTensor output = outputs.get(i);
            Optional<Place> place = placeOfOutput(node, i, output.type());
            if (place.isPresent()) {
                run.put(output, place.get());
            } else if (i < node.outputs().length && node.outputs()[i] != NumberedGraph.ABSENT) {
                run.heap[node.outputs()[i]] = output;
            }
        }
    }

    /** Empty for strings, and for what the node does not name. */
    private Optional<Place> placeOfOutput(Instruction node, int i, TensorType type) {
        int value = i < node.outputs().length ? node.outputs()[i] : NumberedGraph.ABSENT;
        return value != NumberedGraph.ABSENT
                        && type.dtype() != DType.STRING
                        && knowledge.locations[value] instanceof Location.InMemory memory
                ? Optional.of(memory.place())
                : Optional.empty();
    }

    /** In memory of its own: the other ranks' kernels reach into it. */
    private void reduce(Step.Reduce step, RunState run) {
        int from = step.node().inputs()[0];
        Place to = placeOfOutput(step.node(), 0, step.type()).orElseThrow();
        Device device = context.device();
        long bytes = step.type().byteSize();
        try (Tensor whole = Tensor.adopt(step.type(), device, device.allocate(bytes))) {
            Memory memory = whole.lease();
            try {
                if (knowledge.locations[from] instanceof Location.InMemory in) {
                    device.copy(memory, 0, run.memory(in.place()), in.place().offset(), bytes);
                } else {
                    ((HostTensor) value(from, run)).write(memory, 0);
                }
                context.collectives().orElseThrow().allReduce(whole, step.operator());
                device.copy(run.memory(to), to.offset(), memory, 0, bytes);
            } finally {
                whole.endLease();
            }
        }
    }

    private void dynamic(Step.Dynamic step, RunState run) {
        Instruction node = step.node();
        List<HostValue> inputs = new ArrayList<>();
        for (int value : node.inputs()) {
            inputs.add(value == NumberedGraph.ABSENT ? null : value(value, run));
        }
        List<? extends HostValue> outputs;
        try {
            outputs = step.operator()
                    .evaluate(Values.of(inputs.subList(0, node.formal())), new RunEvaluation(node, inputs, run));
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw context.failure(node, e);
        }
        for (int i = 0; i < node.outputs().length; i++) {
            if (node.outputs()[i] != NumberedGraph.ABSENT) {
                run.heap[node.outputs()[i]] = onHeap(outputs.get(i));
            }
        }
    }

    /** What outlives the step must not lie in the arena, which is direct memory, or on the reference device an array. */
    private HostValue onHeap(HostValue value) {
        if (value instanceof HostTensor tensor) {
            boolean own = tensor.dtype() == DType.STRING
                    || !tensor.data().isDirect() && context.device() != ReferenceDevice.INSTANCE;
            return own ? tensor : tensor.copy();
        } else if (value instanceof HostSequence sequence) {
            return new HostSequence(sequence.items().stream().map(this::onHeap).toList());
        }
        return new HostOptional(((HostOptional) value).value().map(this::onHeap));
    }

    private HostValue value(int value, RunState run) {
        Location location = knowledge.locations[value];
        if (location instanceof Location.InMemory memory) {
            return run.view(knowledge.types[value], memory.place());
        }
        return knowledge.known[value] != null ? knowledge.known[value] : run.heap[value];
    }

    /** The stage behind this one, for what this run has found. */
    private Stage next(RunState run) {
        Knowledge found = knowledge.copy();
        List<Object> key = new ArrayList<>();
        for (int value : parts.needed) {
            HostTensor tensor = ((HostTensor) value(value, run)).copy();
            found.known[value] = tensor;
            key.add(tensor.type());
            key.add(tensor.dtype() == DType.STRING ? List.of() : tensor.data());
        }
        for (int value : parts.dynamic) {
            HostValue result = run.heap[value];
            if (result instanceof HostTensor tensor) {
                found.learnOnHeap(value, tensor.type());
                key.add(tensor.type());
            } else {
                found.learnObject(value);
                key.add(result.getClass());
            }
        }
        return next.acquire(key, () -> new StagePlanner(context, found).plan());
    }

    @Override
    public void close() {
        program.ifPresent(Program::close);
        arenas.forEach(Memory::close);
        arenas.clear();
        parts.owned.forEach(Memory::close);
        parts.owned.clear();
        next.close();
    }

    /** The run that a dynamic operator sees. */
    private final class RunEvaluation implements Evaluation {
        private final Instruction node;
        private final List<HostValue> inputs;
        private final RunState run;
        private long turns;

        RunEvaluation(Instruction node, List<HostValue> inputs, RunState run) {
            this.node = node;
            this.inputs = inputs;
            this.run = run;
        }

        @Override
        public int outputs() {
            return node.outputs().length;
        }

        @Override
        public List<HostValue> run(Subgraph body, List<? extends HostValue> arguments) {
            context.requireIterations(node.name(), ++turns);
            List<HostValue> all = new ArrayList<>(arguments);
            for (int position : node.captures().get(body)) {
                all.add(inputs.get(position));
            }
            return context.bodies().apply(body).runBody(all, run.control);
        }

        @Override
        public void checkpoint() {
            run.control.check();
        }
    }
}
