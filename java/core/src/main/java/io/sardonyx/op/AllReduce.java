package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Set;

/**
 * {@code y[i] = x₀[i] + x₁[i] + …}, over the ranks of the group in which the model runs: every rank's x is of one type, and every rank's y
 * the same. {@code io.sardonyx} AllReduce, version 1; float16, bfloat16, float32, float64, int32 and int64.
 *
 * <p>One rank alone cannot tell the result, so there is no reference: a model that holds this is loaded for a group, or refused.
 *
 * @param reduction SUM, PRODUCT, MIN, MAX or MEAN, which is for floats only
 */
public record AllReduce(String reduction) implements TensorOperator {
    private static final Set<String> REDUCTIONS = Set.of("SUM", "PRODUCT", "MIN", "MAX", "MEAN");

    public AllReduce {
        if (!REDUCTIONS.contains(reduction)) {
            throw new IllegalArgumentException(
                    "AllReduce: reduction: expected SUM, PRODUCT, MIN, MAX or MEAN, given " + reduction);
        }
    }

    static AllReduce read(Attributes attributes) {
        return new AllReduce(attributes.getString("reduction", "SUM"));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        DType dtype = in.dtype(0);
        boolean reduced =
                switch (dtype) {
                    case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> true;
                    case INT32, INT64 -> !reduction.equals("MEAN");
                    default -> false;
                };
        if (!reduced) {
            throw new IllegalArgumentException("AllReduce: no " + reduction + " of " + in.get(0));
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        throw new IllegalStateException("AllReduce: it has no result on one rank");
    }

    /** The other ranks have a say. */
    @Override
    public boolean deterministic() {
        return false;
    }
}
