package io.sardonyx.op;

import io.sardonyx.tensor.HostValue;
import java.util.List;

/**
 * An operator whose output types only its evaluation tells (NonZero, Unique), or that handles sequences and optionals, or
 * that runs subgraphs (If, Loop, Scan). Always evaluated in Java.
 */
public non-sealed interface DynamicOperator extends Operator {
    /**
     * The outputs, in order; at least as many as the node names. They may be inputs, hold inputs or share memory with them.
     *
     * @param in inputs; see {@link Values} for absent optional ones
     * @param evaluation runs subgraphs, and says how many outputs are wanted
     * @throws IllegalArgumentException if the inputs do not fit
     */
    List<? extends HostValue> evaluate(Values in, Evaluation evaluation);

    /** Whether this only says which subgraph runs when, and on what; what computes is in the subgraphs. */
    default boolean onlyRunsSubgraphs() {
        return false;
    }

    default boolean deterministic() {
        return true;
    }
}
