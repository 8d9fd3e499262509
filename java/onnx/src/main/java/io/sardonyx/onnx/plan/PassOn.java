package io.sardonyx.onnx.plan;

import io.sardonyx.op.DynamicOperator;
import io.sardonyx.op.Evaluation;
import io.sardonyx.op.Values;
import io.sardonyx.tensor.HostValue;
import java.util.List;

/** Identity of a sequence or an optional; every other operator on tensors refuses them. */
record PassOn(String name) implements DynamicOperator {
    @Override
    public List<HostValue> evaluate(Values in, Evaluation evaluation) {
        if (!name.equals("Identity")) {
            throw new IllegalArgumentException(name + ": expected tensors, given a sequence or an optional");
        }
        return List.of(in.get(0));
    }
}
