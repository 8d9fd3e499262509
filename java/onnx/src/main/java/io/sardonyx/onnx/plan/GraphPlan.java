package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.device.Program.Place;
import io.sardonyx.device.RunControl;
import io.sardonyx.onnx.Collectives;
import io.sardonyx.onnx.DevicePolicy;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.Precision;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.op.Subgraph;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A graph with its plans on one device, one per set of input shapes. Thread-safe; closed when no run is left. */
public final class GraphPlan implements AutoCloseable {
    private final PlanContext context;
    private final StageCache stages = new StageCache();
    private final Map<Subgraph, GraphPlan> bodies;

    /**
     * @param bodies the subgraphs that the graph's nodes hold, numbered
     * @param weights shared by the graph and its bodies; not closed by this
     */
    private GraphPlan(
            NumberedGraph graph,
            Map<Subgraph, GraphPlan> bodies,
            DevicePolicy policy,
            Precision precision,
            Weights weights,
            int threads,
            Limits limits,
            Where where,
            Optional<Collectives> collectives) {
        this.bodies = bodies;
        this.context =
                new PlanContext(graph, policy, precision, weights, threads, limits, where, collectives, bodies::get);
    }

    /** A graph and all its subgraphs, ready to be planned for whatever inputs come. */
    public static GraphPlan of(
            Graph graph,
            DevicePolicy policy,
            Precision precision,
            Weights weights,
            int threads,
            Limits limits,
            Optional<Collectives> collectives) {
        return of(Numbering.of(graph), policy, precision, weights, threads, limits, graph.where(), collectives);
    }

    private static GraphPlan of(
            Numbering numbered,
            DevicePolicy policy,
            Precision precision,
            Weights weights,
            int threads,
            Limits limits,
            Where where,
            Optional<Collectives> collectives) {
        Map<Subgraph, GraphPlan> bodies = new IdentityHashMap<>();
        numbered.bodies()
                .forEach((body, inner) ->
                        bodies.put(body, of(inner, policy, precision, weights, threads, limits, where, collectives)));
        return new GraphPlan(numbered.graph(), bodies, policy, precision, weights, threads, limits, where, collectives);
    }

    /** What a run leaves: each output in memory, or as a value on the heap. */
    public static final class Results implements AutoCloseable {
        private final Device device;
        private final Memory[] given;
        private final TensorType[] givenTypes;
        private final String[] names;
        private final Memory[] memories;
        private final TensorType[] types;
        private final HostValue[] values;

        private Results(Device device, String[] names, Memory[] given, TensorType[] givenTypes) {
            this.device = device;
            this.given = given;
            this.givenTypes = givenTypes;
            this.names = names;
            this.memories = new Memory[names.length];
            this.types = new TensorType[names.length];
            this.values = new HostValue[names.length];
        }

        Memory memory(int j, TensorType type) {
            types[j] = type;
            if (given[j] == null) {
                memories[j] = device.allocate(type.byteSize());
            } else {
                if (!type.equals(givenTypes[j])) {
                    throw new IllegalArgumentException("output " + names[j] + ": the model gives " + type
                            + ", the tensor for it is " + givenTypes[j]);
                }
                memories[j] = given[j];
            }
            return memories[j];
        }

        void setHost(int j, HostValue value) {
            values[j] = value;
            if (given[j] != null && value instanceof HostTensor tensor) {
                tensor.write(memory(j, tensor.type()), 0);
            }
        }

        /** Output {@code j} as a type and its memory, which the caller closes; empty where it is on the heap. */
        public Optional<Feed.OnDevice> onDevice(int j) {
            return memories[j] == null ? Optional.empty() : Optional.of(new Feed.OnDevice(types[j], memories[j]));
        }

        /** Output {@code j}, if it is on the heap. */
        public HostValue onHost(int j) {
            return values[j];
        }

        /** Frees what was allocated for outputs; for a run that failed. */
        @Override
        public void close() {
            for (int j = 0; j < memories.length; j++) {
                if (memories[j] != null && memories[j] != given[j]) {
                    memories[j].close();
                    memories[j] = null;
                }
            }
        }
    }

    /**
     * Runs the graph.
     *
     * @param feeds one per input
     * @param given memory for an output, or {@code null} where it is to be allocated
     * @param givenTypes the types of that memory
     */
    public Results run(List<Feed> feeds, Memory[] given, TensorType[] givenTypes, RunControl control) {
        String[] names = new String[context.graph().outputs().length];
        for (int j = 0; j < names.length; j++) {
            names[j] = context.graph().valueNames().get(context.graph().outputs()[j]);
        }
        Results results = new Results(context.device(), names, given, givenTypes);
        List<Object> key = new ArrayList<>(feeds.size());
        feeds.forEach(feed -> key.add(feed.key()));
        Stage stage = stages.acquire(key, () -> plan(key));
        try (RunState run = new RunState(context.graph().values(), control)) {
            for (int i = 0; i < feeds.size(); i++) {
                feed(run, i, feeds.get(i));
            }
            stage.run(run, results);
            return results;
        } catch (RuntimeException | Error e) {
            results.close();
            throw e;
        } finally {
            stages.release(stage);
        }
    }

    private Stage plan(List<Object> key) {
        Knowledge knowledge = new Knowledge(context.graph());
        for (int i = 0; i < key.size(); i++) {
            int value = context.graph().inputs()[i];
            if (key.get(i) instanceof TensorType type && type.dtype() != DType.STRING) {
                knowledge.learn(value, type, new Place(context.inputBase(i), 0));
            } else if (key.get(i) instanceof TensorType type) {
                knowledge.learnOnHeap(value, type);
            } else {
                knowledge.learnObject(value);
            }
        }
        return new StagePlanner(context, knowledge).plan();
    }

    private void feed(RunState run, int i, Feed feed) {
        if (feed instanceof Feed.OnDevice device) {
            run.setBase(context.inputBase(i), device.memory());
            return;
        }
        HostValue value = ((Feed.OnHost) feed).value();
        if (value instanceof HostTensor tensor && tensor.dtype() != DType.STRING) {
            run.setBase(context.inputBase(i), run.own(Weights.upload(context.device(), tensor)));
        } else {
            run.heap[context.graph().inputs()[i]] = value;
        }
    }

    /** Runs a subgraph: values on the host in, values on the heap out. */
    List<HostValue> runBody(List<HostValue> arguments, RunControl control) {
        List<Feed> feeds = new ArrayList<>(arguments.size());
        arguments.forEach(value -> feeds.add(new Feed.OnHost(value)));
        int outputs = context.graph().outputs().length;
        try (Results results = run(feeds, new Memory[outputs], new TensorType[outputs], control)) {
            List<HostValue> values = new ArrayList<>();
            for (int j = 0; j < outputs; j++) {
                int output = j;
                values.add(results.onDevice(j)
                        .<HostValue>map(r -> HostTensor.read(r.type(), r.memory(), 0))
                        .orElseGet(() -> results.onHost(output)));
            }
            return values;
        }
    }

    /** Where each node runs, as planned for these input types; stages not reached yet are left out. */
    public List<Placement> placement(List<TensorType> inputs) {
        List<Placement> placement = new ArrayList<>();
        List<Object> key = new ArrayList<>(inputs);
        Stage stage = stages.acquire(key, () -> plan(key));
        try {
            for (Optional<Stage> s = Optional.of(stage);
                    s.isPresent();
                    s = s.get().anyNext()) {
                placement.addAll(s.get().placement());
            }
        } finally {
            stages.release(stage);
        }
        return placement;
    }

    /** Bytes of the arenas that one run with these input types uses. */
    public long arenaBytes(List<TensorType> inputs) {
        long bytes = 0;
        List<Object> key = new ArrayList<>(inputs);
        Stage stage = stages.acquire(key, () -> plan(key));
        try {
            for (Optional<Stage> s = Optional.of(stage);
                    s.isPresent();
                    s = s.get().anyNext()) {
                bytes += s.get().arenaBytes();
            }
        } finally {
            stages.release(stage);
        }
        return bytes;
    }

    @Override
    public void close() {
        stages.close();
        bodies.values().forEach(GraphPlan::close);
    }
}
