package io.sardonyx.onnx;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.plan.GraphPlan;
import io.sardonyx.onnx.plan.WeightLoading;
import io.sardonyx.onnx.plan.Weights;
import io.sardonyx.onnx.read.ModelDocument;
import io.sardonyx.onnx.read.ModelReader;
import io.sardonyx.onnx.read.ModelSource;
import io.sardonyx.onnx.read.ReadOptions;
import io.sardonyx.onnx.read.WeightFile;
import io.sardonyx.onnx.rewrite.Rewrites;
import io.sardonyx.op.AllReduce;
import io.sardonyx.tensor.TensorType;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** How a model is loaded; {@link Model#builder} begins. */
public final class ModelBuilder {
    private final ModelSource source;
    private final Map<String, Long> bound = new HashMap<>();
    private Optional<DevicePolicy> policy = Optional.empty();
    private OptionalInt threads = OptionalInt.empty();
    private Precision precision = Precision.FLOAT32;
    private ReadOptions read = ReadOptions.DEFAULT;
    private boolean optimize = true;
    private Optional<Consumer<Graph>> edit = Optional.empty();
    private Optional<Collectives> collectives = Optional.empty();

    ModelBuilder(ModelSource source) {
        this.source = source;
    }

    /** Where to run; without this, on the best device of this machine where it can. */
    public ModelBuilder device(DevicePolicy other) {
        policy = Optional.of(other);
        return this;
    }

    /** Short for {@code device(DevicePolicy.prefer(device))}. */
    public ModelBuilder device(Device device) {
        return device(DevicePolicy.prefer(device));
    }

    /** Short for {@code device(DevicePolicy.require(device))}. */
    public ModelBuilder require(Device device) {
        return device(DevicePolicy.require(device));
    }

    /** Fixes a symbolic dimension; inputs that then have fixed sizes are planned, and checked, when the model is loaded. */
    public ModelBuilder bind(String symbol, long size) {
        if (size < 0) {
            throw new IllegalArgumentException("bind: " + symbol + " cannot be " + size);
        }
        bound.put(symbol, size);
        return this;
    }

    /** Threads for each run, the caller's included; without this, as many as the machine has cores. */
    public ModelBuilder threads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads: expected at least 1, given " + count);
        }
        threads = OptionalInt.of(count);
        return this;
    }

    /** How exact float32 is to be; {@link Precision#FLOAT32} without this. */
    public ModelBuilder precision(Precision other) {
        precision = other;
        return this;
    }

    /** What the model may cost. */
    public ModelBuilder limits(Limits limits) {
        read = new ReadOptions(limits, read.trusted());
        return this;
    }

    /** For models from a source that is trusted; see {@link ReadOptions#trusted}. */
    public ModelBuilder trusted(boolean trusted) {
        read = new ReadOptions(read.limits(), trusted);
        return this;
    }

    /** Whether the graph is rewritten to run faster; yes unless this says no. */
    public ModelBuilder optimize(boolean yes) {
        optimize = yes;
        return this;
    }

    /** Changes the graph, whose constants are folded, before it is rewritten. */
    public ModelBuilder edit(Consumer<Graph> change) {
        edit = Optional.of(change);
        return this;
    }

    /** Makes this model one rank of a group: what its AllReduce nodes call. Models that hold one are refused without this. */
    public ModelBuilder collectives(Collectives ofRank) {
        collectives = Optional.of(ofRank);
        return this;
    }

    /**
     * Reads, checks and prepares the model.
     *
     * @throws ModelException if it is malformed, too large or asks for operators that are not there; if all its inputs have fixed
     *     sizes, also if it {@linkplain #require requires} a device that lacks a kernel for one of its nodes
     */
    public Model load() {
        try (var file = WeightFile.open(source, read.limits())) {
            return load(file);
        }
    }

    private Model load(WeightFile file) {
        ModelDocument document = ModelReader.read(source, read, file);
        Graph graph = document.graph();
        if (collectives.isEmpty()) {
            requireNoCollectives(graph);
        }
        if (edit.isPresent()) {
            Rewrites.prepare(graph, read.limits());
            edit.get().accept(graph);
        }
        DevicePolicy where = policy.orElseGet(() -> DevicePolicy.prefer(Devices.best()));
        List<ValueInfo> inputs = List.copyOf(graph.inputs());
        List<ValueInfo> outputs = List.copyOf(graph.outputs());
        Set<String> fixed = new LinkedHashSet<>();
        graph.defaults().forEach(d -> fixed.add(d.name()));
        if (optimize) {
            Rewrites.apply(graph, where.device(), precision, read.limits());
        }
        Device device = where.device();
        Weights weights = new Weights(device);
        GraphPlan plan = GraphPlan.of(
                graph, where, precision, weights, threads.orElse(device.threads()), read.limits(), collectives);
        InputCheck check = new InputCheck(inputs, bound);
        Model model = new Model(document.info(), where, inputs, outputs, fixed, check, weights, plan);
        try {
            WeightLoading.load(graph, device, weights);
            planAhead(model, check);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
        return model;
    }

    private static void requireNoCollectives(Graph graph) {
        for (Node node : graph.nodes()) {
            if (node.operator() instanceof AllReduce) {
                throw new UnsupportedModelException(
                        graph.where(),
                        List.of("AllReduce '" + node.name() + "' reduces over the ranks of a group, and this model has"
                                + " none: load it by TensorParallel.load(file, group), or give it collectives()"));
            }
            node.bodies().forEach(body -> requireNoCollectives(body.graph()));
        }
    }

    private static void planAhead(Model model, InputCheck check) {
        Optional<List<TensorType>> types = check.fixedTypes();
        if (types.isEmpty()) {
            return;
        }
        model.placement(types.get());
    }
}
