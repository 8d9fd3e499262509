package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.OpExecutionException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import io.sardonyx.op.Subgraph;
import java.util.function.Function;

/**
 * What all plans of one graph share.
 *
 * @param bodies the plans of the subgraphs that its nodes hold
 */
record PlanContext(
        NumberedGraph graph,
        Device device,
        Weights weights,
        int threads,
        Limits limits,
        Where where,
        Function<Subgraph, GraphPlan> bodies) {

    /** The number of the base address of output {@code j}; see {@link RunState}. */
    int outputBase(int j) {
        return 1 + graph.inputs().length + j;
    }

    /** The number of the base address of input {@code i}. */
    int inputBase(int i) {
        return 1 + i;
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
