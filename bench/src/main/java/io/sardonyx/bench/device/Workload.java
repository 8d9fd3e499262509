package io.sardonyx.bench.device;

import io.sardonyx.op.Attributes;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Operators;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An operator with types: what is timed.
 *
 * @param flops multiplications and additions; 0 where only bytes count
 * @param kernel by this one instead of the one that the operator names, with the same parameters
 * @param scratch bytes for that kernel
 */
public record Workload(
        String name,
        TensorOperator operator,
        List<TensorType> inputs,
        double flops,
        Optional<Rival> rival,
        Optional<String> kernel,
        long scratch) {
    private static final int OPSET = 20;

    static Workload of(String name, TensorOperator operator, double flops, TensorType... inputs) {
        return new Workload(name, operator, List.of(inputs), flops, Optional.empty(), Optional.empty(), 0);
    }

    Workload beside(Rival other) {
        return new Workload(name, operator, inputs, flops, Optional.of(other), kernel, scratch);
    }

    /** By another kernel that takes what the operator's own takes. */
    Workload by(String key, long bytes) {
        return new Workload(name + " by " + key, operator, inputs, flops, rival, Optional.of(key), bytes);
    }

    static TensorOperator operator(String domain, String name, Map<String, Object> attributes) {
        return (TensorOperator)
                Operators.read(domain, name, Attributes.of(OPSET, attributes)).orElseThrow();
    }

    /** As in a model, where all inputs but the first are weights. */
    InputTypes types() {
        return InputTypes.of(inputs, 1, i -> null, i -> i > 0);
    }

    /** What has to move: each input once, each output once. */
    public long bytes() {
        return bytes(inputs) + bytes(operator.infer(types()));
    }

    static long bytes(List<TensorType> types) {
        return types.stream().mapToLong(TensorType::byteSize).sum();
    }
}
