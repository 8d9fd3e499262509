package io.sardonyx.onnx;

import io.sardonyx.device.Memory;
import io.sardonyx.device.OutOfMemoryException;
import io.sardonyx.device.RunControl;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.plan.Feed;
import io.sardonyx.onnx.plan.GraphPlan;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.plan.Weights;
import io.sardonyx.onnx.read.ModelInspector;
import io.sardonyx.onnx.read.ModelSource;
import io.sardonyx.onnx.read.ReadOptions;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * An ONNX model, loaded and ready to run. Thread-safe: any number of threads may run it at once, each run with memory of its own,
 * and get the same bits.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("model.onnx"));
 *         Tensor x = Tensor.of(new float[] {1, 2, 3}, 1, 3);
 *         Outputs out = model.run(Map.of("x", x))) {
 *     System.out.println(out.get("y"));
 * }
 * }</pre>
 */
public final class Model implements AutoCloseable {
    private final ModelInfo info;
    private final DevicePolicy policy;
    private final List<ValueInfo> inputs;
    private final List<ValueInfo> outputs;
    private final Set<String> fixed;
    private final InputCheck check;
    private final Weights weights;
    private final GraphPlan plan;
    private final ConcurrentLinkedDeque<RunControl> controls = new ConcurrentLinkedDeque<>();
    private final RunGate gate = new RunGate();

    Model(
            ModelInfo info,
            DevicePolicy policy,
            List<ValueInfo> inputs,
            List<ValueInfo> outputs,
            Set<String> fixed,
            InputCheck check,
            Weights weights,
            GraphPlan plan) {
        this.info = info;
        this.policy = policy;
        this.inputs = inputs;
        this.outputs = outputs;
        this.fixed = fixed;
        this.check = check;
        this.weights = weights;
        this.plan = plan;
    }

    /** Loads a model from a file, for the best device of this machine. */
    public static Model load(Path file) {
        return builder(file).load();
    }

    /** What the model in a file is and what it needs that is missing; its weights are not read. */
    public static ModelReport inspect(Path file) {
        return ModelInspector.inspect(ModelSource.of(file), ReadOptions.DEFAULT);
    }

    public static ModelBuilder builder(Path file) {
        return new ModelBuilder(ModelSource.of(file));
    }

    /** The array must not change as long as the model is open. */
    public static ModelBuilder builder(byte[] model) {
        return new ModelBuilder(ModelSource.of(model));
    }

    public static ModelBuilder builder(ByteBuffer model) {
        return new ModelBuilder(ModelSource.of(model));
    }

    /** Read to its end when the model is loaded; not closed. */
    public static ModelBuilder builder(InputStream model) {
        return new ModelBuilder(ModelSource.of(model));
    }

    /** The inputs that each run must give. */
    public List<ValueInfo> inputs() {
        return inputs;
    }

    public List<ValueInfo> outputs() {
        return outputs;
    }

    /** Producer, opsets, metadata. */
    public ModelInfo info() {
        return info;
    }

    public DevicePolicy device() {
        return policy;
    }

    /** Runs the model; see {@link #run(Map, RunOptions)}. */
    public Outputs run(Map<String, ?> given) {
        return run(given, RunOptions.DEFAULT);
    }

    /**
     * Runs the model.
     *
     * @param given by input name: a {@link HostValue}, or a {@link Tensor} on this model's device, or on one whose memory the host
     *     reaches ({@code cpu}, {@code reference}); what is not on this model's device is copied there
     * @return the outputs, which the caller closes
     * @throws IllegalArgumentException if inputs are missing, unknown or of another type: all of them in one message; or if a
     *     tensor is on another device that the host does not reach
     * @throws UnsupportedModelException if the model {@linkplain DevicePolicy.Require requires} its device, and that lacks a kernel
     * @throws OpExecutionException if an operator refuses its data
     * @throws io.sardonyx.device.RunStoppedException if the run was cancelled or took too long
     * @throws OutOfMemoryException if the device or Java's heap has not enough memory
     * @throws IllegalStateException if the model or a tensor is closed
     */
    public Outputs run(Map<String, ?> given, RunOptions options) {
        gate.enter();
        List<Tensor> leased = new ArrayList<>(inputs.size());
        RunControl control = controls.pollFirst();
        if (control == null) {
            control = new RunControl();
        }
        control.reset(options.timeout().orElse(null));
        RunControl running = control;
        try {
            options.cancellation().ifPresent(c -> c.begin(running));
            List<Feed> feeds = feeds(given, leased);
            return outputs(options, feeds, leased, control);
        } catch (OutOfMemoryError e) { // the values of one run filled the heap; without them it goes on
            throw new OutOfMemoryException(e);
        } finally {
            options.cancellation().ifPresent(c -> c.end(running));
            leased.forEach(Tensor::endLease);
            controls.addFirst(control);
            gate.leave();
        }
    }

    private List<Feed> feeds(Map<String, ?> given, List<Tensor> leased) {
        requireNames(given);
        List<TensorType> types = new ArrayList<>(inputs.size());
        for (ValueInfo input : inputs) {
            Object value = given.get(input.name());
            if (value instanceof Tensor tensor) {
                types.add(tensor.type());
            } else if (value instanceof HostValue host) {
                types.add(host instanceof HostTensor tensor ? tensor.type() : null);
            } else {
                throw new IllegalArgumentException(
                        "input '" + input.name() + "': expected a Tensor or a HostValue, given "
                                + value.getClass().getName());
            }
        }
        check.check(types);
        List<Feed> feeds = new ArrayList<>(inputs.size());
        for (ValueInfo input : inputs) {
            Object value = given.get(input.name());
            if (value instanceof HostValue host) {
                feeds.add(new Feed.OnHost(host));
                continue;
            }
            feeds.add(feed(input, (Tensor) value, leased));
        }
        return feeds;
    }

    private Feed feed(ValueInfo input, Tensor tensor, List<Tensor> leased) {
        if (tensor.dtype() == DType.STRING) {
            return new Feed.OnHost(tensor.toHost());
        }
        if (tensor.device() == policy.device()) {
            Tensor dense = tensor.isView() ? tensor.keep() : tensor;
            Memory memory = dense.lease();
            leased.add(dense);
            if (dense != tensor) {
                dense.close(); // frees it with the lease
            }
            return new Feed.OnDevice(dense.type(), memory);
        }
        boolean reachable = tensor.lease().onHost();
        tensor.endLease();
        if (!reachable) {
            throw new IllegalArgumentException("input '" + input.name() + "': the tensor is on "
                    + tensor.device().name() + ", the model on "
                    + policy.device().name()
                    + "; bring it there with to()");
        }
        return new Feed.OnHost(tensor.toHost());
    }

    private void requireNames(Map<String, ?> given) {
        boolean complete = given.size() == inputs.size();
        for (int i = 0; complete && i < inputs.size(); i++) {
            complete = given.get(inputs.get(i).name()) != null;
        }
        if (complete) {
            return;
        }
        List<String> problems = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>(given.keySet());
        for (ValueInfo input : inputs) {
            unknown.remove(input.name());
            if (given.get(input.name()) == null) {
                problems.add("input '" + input.name() + "' is missing: expected " + input.type());
            }
        }
        for (String name : unknown) {
            problems.add("input '" + name + "' is "
                    + (fixed.contains(name) ? "a weight, fixed when the model was loaded" : "unknown")
                    + "; the model has "
                    + inputs.stream().map(ValueInfo::name).toList());
        }
        throw new IllegalArgumentException(String.join("; ", problems));
    }

    private Outputs outputs(RunOptions options, List<Feed> feeds, List<Tensor> leased, RunControl control) {
        Memory[] memories = new Memory[outputs.size()];
        TensorType[] types = new TensorType[outputs.size()];
        if (!options.into().isEmpty()) {
            provide(options.into(), memories, types, leased);
        }
        GraphPlan.Results results = plan.run(feeds, memories, types, control);
        Outputs result = new Outputs();
        try {
            for (int j = 0; j < outputs.size(); j++) {
                add(result, outputs.get(j).name(), j, results, options);
            }
            return result;
        } catch (OutOfMemoryException e) { // of an output that is moved to the device, while others are there
            result.close();
            results.close();
            throw e;
        }
    }

    private void add(Outputs result, String name, int j, GraphPlan.Results results, RunOptions options) {
        Tensor provided = options.into().get(name);
        if (provided != null) {
            result.add(name, provided, true);
        } else if (results.onHost(j) instanceof HostTensor tensor) {
            result.add(name, Tensor.of(tensor, policy.device()), false);
        } else if (results.onHost(j) != null) {
            result.add(name, results.onHost(j));
        } else {
            Feed.OnDevice made = results.onDevice(j).orElseThrow();
            result.add(name, Tensor.adopt(made.type(), policy.device(), made.memory()), false);
        }
    }

    private void provide(Map<String, Tensor> into, Memory[] memories, TensorType[] types, List<Tensor> leased) {
        Set<String> unknown = new LinkedHashSet<>(into.keySet());
        for (int j = 0; j < memories.length; j++) {
            Tensor tensor = into.get(outputs.get(j).name());
            if (tensor == null) {
                continue;
            }
            unknown.remove(outputs.get(j).name());
            if (tensor.device() != policy.device() || tensor.dtype() == DType.STRING || tensor.isView()) {
                throw new IllegalArgumentException(
                        "output '" + outputs.get(j).name() + "': the tensor for it must be no view and on "
                                + policy.device().name() + ", given " + tensor.type()
                                + (tensor.isView() ? ", a view" : "") + " on "
                                + tensor.device().name());
            }
            memories[j] = tensor.lease();
            leased.add(tensor);
            types[j] = tensor.type();
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("there is no output " + unknown + "; there are "
                    + outputs.stream().map(ValueInfo::name).toList());
        }
    }

    /** Where each node runs for inputs of these types, in the model's order of inputs. */
    public List<Placement> placement(List<TensorType> types) {
        gate.enter();
        try {
            check.check(types);
            return plan.placement(types);
        } finally {
            gate.leave();
        }
    }

    /**
     * What a run does for inputs of these types, a line for each node that is left after all rewrites: where it runs, by which kernel, its
     * operator and its name. For people; {@link #placement} has the same for programs.
     */
    public String plan(List<TensorType> types) {
        StringBuilder lines = new StringBuilder();
        for (Placement p : placement(types)) {
            lines.append(String.format(
                    Locale.ROOT, "%-9s  %-28s  %-20s  %s\n", p.where(), p.kernel(), p.opType(), p.node()));
        }
        return lines.toString();
    }

    /** What the model's memory is spent on, for inputs of these types. */
    public MemoryReport memory(List<TensorType> types) {
        gate.enter();
        try {
            check.check(types);
            long arena = plan.arenaBytes(types);
            return new MemoryReport(weights.bytes(), arena);
        } finally {
            gate.leave();
        }
    }

    /**
     * @param weights bytes of weights on the device, packed or plain
     * @param arena bytes that the values between nodes take in one run
     */
    public record MemoryReport(long weights, long arena) {}

    /** Waits for the runs in progress, then frees everything; later runs are refused. Closing twice does nothing. */
    @Override
    public void close() {
        if (gate.close()) {
            plan.close();
            weights.close();
        }
    }
}
