package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.Collectives;
import io.sardonyx.onnx.DevicePolicy;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.OpExecutionException;
import io.sardonyx.onnx.Precision;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import io.sardonyx.op.Subgraph;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What all plans of one graph share.
 *
 * @param collectives what AllReduce calls; models that hold one have it
 * @param bodies the plans of the subgraphs that its nodes hold
 */
record PlanContext(
        NumberedGraph graph,
        DevicePolicy policy,
        Precision precision,
        Weights weights,
        int threads,
        Limits limits,
        Where where,
        Optional<Collectives> collectives,
        Function<Subgraph, GraphPlan> bodies) {

    Device device() {
        return policy.device();
    }

    /** The form of {@code launch} that the device runs, at the precision asked for; empty if it has no kernel for it. */
    Optional<Launch> choose(Launch launch) {
        Optional<Launch> choice = device().choose(launch);
        return switch (precision) {
            case STRICT -> choice.map(c -> c.strict().flatMap(device()::choose).orElse(c));
            case FLOAT32 -> choice;
            case FAST -> choice.map(c -> c.fast().flatMap(device()::choose).orElse(c));
        };
    }

    /** The number of the base address of output {@code j}; see {@link RunState}. */
    int outputBase(int j) {
        return 1 + graph.inputs().length + j;
    }

    /** The number of the base address of input {@code i}. */
    int inputBase(int i) {
        return 1 + i;
    }

    /** @throws UnsupportedModelException if one of these nodes runs elsewhere though the policy requires the device: all of them */
    void requireDevice(List<Placement> placement) {
        if (!(policy instanceof DevicePolicy.Require) || device() == ReferenceDevice.INSTANCE) {
            return;
        }
        List<String> elsewhere = placement.stream()
                .filter(p -> p.where().equals(ReferenceDevice.INSTANCE.name()))
                .map(p -> p.opType() + " '" + p.node() + "' has no kernel on " + device().name())
                .toList();
        if (!elsewhere.isEmpty()) {
            throw new UnsupportedModelException(where, elsewhere);
        }
    }

    /** @throws ModelLimitException if {@code what} takes more memory than the limits allow */
    void requireMemory(String node, long bytes, String what) {
        if (bytes > limits.memory()) {
            throw new ModelLimitException(where.node(node), Limits.Kind.MEMORY, limits.memory(), bytes, what);
        }
    }

    /** @throws ModelLimitException if a node runs its body more often than the limits allow */
    void requireIterations(String node, long turns) {
        if (turns > limits.iterations()) {
            throw new ModelLimitException(
                    where.node(node), Limits.Kind.ITERATIONS, limits.iterations(), turns, "its body runs at least");
        }
    }

    /** What an operator or a kernel refused, with its node. */
    OpExecutionException failure(Instruction node, RuntimeException cause) {
        String message = cause.getMessage();
        boolean named = message != null && message.startsWith(node.opType());
        return new OpExecutionException(
                where.node(node.name()), named ? message : node.opType() + ": " + message, cause);
    }
}
