package io.sardonyx.op;

import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs {@code body} on each member of the first input, a sequence. Further sequences, of the same length, give their member
 * too; tensors are passed whole. Each output is the sequence of what the body gave. ONNX SequenceMap, opset 17 on.
 */
public record SequenceMap(Subgraph body) implements DynamicOperator {
    static SequenceMap read(Attributes attributes) {
        return new SequenceMap(attributes.getGraph("body"));
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        int length = in.sequence(0).items().size();
        List<List<HostValue>> outputs = new ArrayList<>();
        for (int k = 0; k < body.outputs(); k++) {
            outputs.add(new ArrayList<>());
        }
        for (int i = 0; i < length; i++) {
            evaluation.checkpoint();
            List<HostValue> arguments = new ArrayList<>();
            for (int k = 0; k < in.size(); k++) {
                arguments.add(in.get(k) instanceof HostSequence s ? member(s, i, k, length) : in.get(k));
            }
            List<HostValue> results = evaluation.run(body, arguments);
            for (int k = 0; k < outputs.size(); k++) {
                outputs.get(k).add(results.get(k));
            }
        }
        return outputs.stream().map(HostSequence::new).toList();
    }

    private static HostValue member(HostSequence sequence, int i, int input, int length) {
        if (sequence.items().size() != length) {
            throw new IllegalArgumentException("SequenceMap: input " + input + " has "
                    + sequence.items().size() + " members, the first has " + length);
        }
        return sequence.items().get(i);
    }
}
