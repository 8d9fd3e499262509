package io.sardonyx.op;

import io.sardonyx.tensor.TensorType;
import java.util.Optional;

/** A graph inside a node's attribute. Opaque to operators, which run it through {@link Evaluation#run}. */
public interface Subgraph {
    /** The number of formal inputs. */
    int inputs();

    /** The number of outputs. */
    int outputs();

    /**
     * The type of output {@code i} as the model declares it, sizes that it leaves open being 0; empty if it declares none. A
     * loop that never runs its body takes the type of its scan outputs from here.
     */
    default Optional<TensorType> outputType(int i) {
        return Optional.empty();
    }
}
