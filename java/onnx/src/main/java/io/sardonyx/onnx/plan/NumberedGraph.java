package io.sardonyx.onnx.plan;

import io.sardonyx.op.Operator;
import io.sardonyx.op.Subgraph;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Map;

/**
 * A graph whose values are numbered, so that planning needs no names: nodes in topological order, each value defined once.
 *
 * @param valueNames the name of each value
 * @param inputs values given to each run; of a subgraph, the formal inputs and then the captured ones
 * @param constants a weight by value, or {@code null}
 */
record NumberedGraph(
        List<String> valueNames, int[] inputs, int[] outputs, HostTensor[] constants, List<Instruction> instructions) {

    /** A value that is not there: an optional input left out, or an output that nobody wants. */
    static final int ABSENT = -1;

    /**
     * A node with its operator; absent inputs and unnamed outputs are {@link #ABSENT}.
     *
     * @param inputs the node's own {@code formal} inputs, then the outer values that its subgraphs use
     * @param captures for each subgraph, the positions in {@code inputs} of the outer values that it uses
     */
    record Instruction(
            String name,
            String opType,
            Operator operator,
            int[] inputs,
            int formal,
            int[] outputs,
            Map<Subgraph, int[]> captures) {}

    int values() {
        return valueNames.size();
    }
}
