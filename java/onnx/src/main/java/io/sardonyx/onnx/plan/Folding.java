package io.sardonyx.onnx.plan;

import io.sardonyx.onnx.plan.NumberedGraph.Instruction;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** Nodes whose results are worked out when a stage is planned, since all that they need is known then. */
final class Folding {
    /** Results up to this size; shape arithmetic is far below, weights were folded at load. */
    private static final long LARGEST = 1 << 16;

    private Folding() {}

    static boolean possible(Instruction node, TensorOperator operator, List<TensorType> types, Knowledge knowledge) {
        for (int input : node.inputs()) {
            if (input != NumberedGraph.ABSENT && knowledge.known[input] == null && !operator.readsOnlyTypes()) {
                return false;
            }
        }
        return operator.deterministic()
                && types.stream().allMatch(t -> t.shape().elements() <= LARGEST && t.byteSize() <= LARGEST);
    }

    /** Makes the results known. */
    static void fold(Instruction node, TensorOperator operator, List<TensorType> types, Knowledge knowledge) {
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
        for (int i = 0; i < node.outputs().length; i++) {
            if (node.outputs()[i] != NumberedGraph.ABSENT) {
                knowledge.learn(node.outputs()[i], results.get(i));
            }
        }
    }
}
