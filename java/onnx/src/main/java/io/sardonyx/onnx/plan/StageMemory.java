package io.sardonyx.onnx.plan;

import io.sardonyx.device.Launch;
import io.sardonyx.device.Program.Place;
import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;

/** Where the values of a stage that is being planned lie, and up to which step. */
final class StageMemory {
    /** What a kernel reads or writes; its place is known once the arena is settled. */
    record Operand(TensorType type, Storage storage) {}

    private final PlanContext context;
    private final NumberedGraph graph;
    private final Knowledge knowledge;
    private final Stage.Parts parts;
    private final Storage[] storage;
    private final int[] uses;
    private final Arena arena = new Arena();
    private final int arenaBase;

    StageMemory(PlanContext context, Knowledge knowledge, Stage.Parts parts) {
        this.context = context;
        this.graph = context.graph();
        this.knowledge = knowledge;
        this.parts = parts;
        this.arenaBase = knowledge.bases++;
        this.storage = new Storage[graph.values()];
        this.uses = new int[graph.values()];
        for (int i = 0; i < graph.instructions().size(); i++) {
            if (!knowledge.done[i]) {
                Arrays.stream(graph.instructions().get(i).inputs())
                        .filter(value -> value != NumberedGraph.ABSENT)
                        .forEach(value -> uses[value]++);
            }
        }
        for (int output : graph.outputs()) {
            uses[output]++;
        }
    }

    int arenaBase() {
        return arenaBase;
    }

    /** Once it is settled. */
    long arenaBytes() {
        return arena.size();
    }

    /** A block of the arena that {@code step} is the first to need. */
    Storage add(long bytes, int step) {
        return Storage.inArena(arena.add(bytes, step), arenaBase);
    }

    /** Where the value lies; null for one that is in no memory of the device. */
    Storage of(int value) {
        if (storage[value] == null && knowledge.locations[value] instanceof Location.InMemory memory) {
            storage[value] = Storage.at(memory.place());
            storage[value].addUses(uses[value]);
        }
        return storage[value];
    }

    List<ConcatPart> concatenated(Instruction concat) {
        return ConcatPart.of(concat.inputs(), knowledge.types, storage);
    }

    /** Input {@code value} for a kernel: known values and values on the heap are brought to the device. */
    Operand operand(int value) {
        if (storage[value] == null && knowledge.locations[value] instanceof Location.Known) {
            HostTensor known = knowledge.known[value];
            long address = knowledge.weights[value]
                    ? context.weights().plain(known).address()
                    : parts.own(Weights.upload(context.device(), known)).address();
            storage[value] = Storage.at(new Place(0, address));
        } else if (storage[value] == null && knowledge.locations[value] instanceof Location.OnHeap) {
            int base = knowledge.bases++;
            parts.imports.add(new Stage.Import(value, base));
            storage[value] = Storage.at(new Place(base, 0));
        }
        return new Operand(knowledge.types[value], of(value));
    }

    /** Weight {@code value} as a kernel packs it. */
    Operand packed(int value, Launch.Argument.Packed argument) {
        long address = context.weights()
                .packed(knowledge.known[value], argument.pack())
                .address();
        return new Operand(knowledge.types[value], Storage.at(new Place(0, address)));
    }

    /** Output {@code index} of a node, which is defined already; one that nobody wants is written all the same. Null if there is none. */
    Operand output(Instruction node, List<TensorType> types, int step, int index) {
        if (index >= types.size()) {
            return null;
        }
        boolean wanted = index < node.outputs().length && node.outputs()[index] != NumberedGraph.ABSENT;
        return new Operand(
                types.get(index),
                wanted ? storage[node.outputs()[index]] : add(types.get(index).byteSize(), step));
    }

    /** Gives a node's outputs their memory. */
    void define(Instruction node, List<TensorType> types, int step, int inPlace) {
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
                join(value, type, add(type.byteSize(), step));
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
    void join(int value, TensorType type, Storage shared) {
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

    /** The node at {@code step} uses its inputs: they live up to there. */
    void touch(Instruction node, int step) {
        for (int input : node.inputs()) {
            if (input != NumberedGraph.ABSENT) {
                uses[input]--;
                if (storage[input] != null) {
                    storage[input].use(step);
                    storage[input].addUses(-1);
                }
            }
        }
    }

    /** Settles all places; what later stages use, or a run has to look at, lives up to {@code last}. */
    void settle(int last) {
        for (int v = 0; v < storage.length; v++) {
            if (storage[v] != null && (uses[v] > 0 || parts.needed.contains(v))) {
                storage[v].use(last);
            }
        }
        arena.settle();
        for (int v = 0; v < storage.length; v++) {
            if (knowledge.locations[v] instanceof Location.InMemory && storage[v] != null) {
                knowledge.locations[v] = new Location.InMemory(storage[v].place());
            }
        }
    }
}
