package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import java.util.List;

/** Runs one of two subgraphs, which have no inputs of their own: {@code thenBranch} if the condition holds. ONNX If, opset 1 on. */
public record If(Subgraph thenBranch, Subgraph elseBranch) implements DynamicOperator {
    static If read(Attributes attributes) {
        return new If(attributes.getGraph("then_branch"), attributes.getGraph("else_branch"));
    }

    @Override
    public boolean onlyRunsSubgraphs() {
        return true;
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        HostTensor condition = in.single(0);
        if (condition.dtype() != DType.BOOL) {
            throw new IllegalArgumentException("If: condition: expected bool, given " + condition);
        }
        return evaluation.run(condition.getBoolean(0) ? thenBranch : elseBranch, List.of());
    }
}
