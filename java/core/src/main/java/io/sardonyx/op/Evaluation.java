package io.sardonyx.op;

import io.sardonyx.tensor.HostValue;
import java.util.List;

/** What the run in progress offers to a {@link DynamicOperator}. */
public interface Evaluation {
    /** The number of outputs that the node has. */
    int outputs();

    /**
     * Runs {@code body} on these inputs; values of the enclosing graph that it uses are bound already. The results stay as
     * they are until the operator's {@code evaluate} returns, whatever is run in between, and may be inputs of another run.
     */
    List<HostValue> run(Subgraph body, List<? extends HostValue> inputs);

    /** Stops the run here if it was cancelled or its deadline has passed. To be called once per iteration of anything long. */
    void checkpoint();
}
