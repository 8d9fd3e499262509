package io.sardonyx.onnx.plan;

import io.sardonyx.device.Program.Place;
import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import io.sardonyx.op.AllReduce;
import io.sardonyx.op.DynamicOperator;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** One step of a stage, in the order in which a run takes them. */
sealed interface Step {
    /** Commands {@code [first, last)} of the stage's native program: one call. */
    record Kernels(int first, int last) implements Step {}

    /** An operator run by its reference, in Java. */
    record Reference(Instruction node, TensorOperator operator, List<TensorType> outputs) implements Step {}

    /** An operator whose output types its evaluation tells. */
    record Dynamic(Instruction node, DynamicOperator operator) implements Step {}

    /** A value that all ranks of a group reduce to one. */
    record Reduce(Instruction node, AllReduce operator, TensorType type) implements Step {}

    /** Bytes from one place to another. */
    record Copy(Place from, Place to, TensorType type) implements Step {}

    /** A value of the plan, written to a place. */
    record Write(HostTensor value, Place to) implements Step {}
}
