package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs {@code body} again and again: {@code for (i = 0; i < trips && condition; i++)}. The body maps {@code (i, condition,
 * carried…)} to {@code (condition, carried…, scan outputs…)}; the loop's outputs are the last carried values, and each scan
 * output of all iterations, stacked along a new first axis.
 *
 * <p>Inputs: trip count (absent: no bound), condition (absent: true), carried values, which may be tensors, sequences or
 * optionals. ONNX Loop, opset 1 on.
 */
public record Loop(Subgraph body) implements DynamicOperator {
    static Loop read(Attributes attributes) {
        return new Loop(attributes.getGraph("body"));
    }

    @Override
    public boolean onlyRunsSubgraphs() {
        return true;
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        int carriedCount = Math.max(0, in.size() - 2);
        int scanCount = body.outputs() - 1 - carriedCount;
        if (body.inputs() != carriedCount + 2 || scanCount < 0) {
            throw new IllegalArgumentException("Loop: the body has " + body.inputs() + " inputs and " + body.outputs()
                    + " outputs, which does not fit " + carriedCount + " carried values");
        }
        long trips = in.has(0) ? in.single(0).getLong(0) : Long.MAX_VALUE;
        boolean condition = !in.has(1) || in.single(1).getBoolean(0);
        List<HostValue> carried = new ArrayList<>();
        for (int i = 0; i < carriedCount; i++) {
            carried.add(in.get(i + 2));
        }
        List<ScanOutput> scans = new ArrayList<>();
        for (int i = 0; i < scanCount; i++) {
            scans.add(new ScanOutput("Loop: scan output " + i));
        }

        for (long i = 0; i < trips && condition; i++) {
            evaluation.checkpoint();
            List<HostValue> arguments = new ArrayList<>(carriedCount + 2);
            arguments.add(HostTensor.of(Shape.SCALAR, i));
            arguments.add(HostTensor.of(DType.BOOL, Shape.SCALAR, 1));
            arguments.addAll(carried);
            List<HostValue> results = evaluation.run(body, arguments);
            condition = condition(results.get(0));
            carried = results.subList(1, 1 + carriedCount);
            for (int k = 0; k < scanCount; k++) {
                scans.get(k).add(results.get(1 + carriedCount + k));
            }
        }

        List<HostValue> outputs = new ArrayList<>(carried);
        for (int k = 0; k < scanCount; k++) {
            outputs.add(scans.get(k).stack(0, body.outputType(1 + carriedCount + k)));
        }
        return outputs;
    }

    private static boolean condition(HostValue value) {
        if (value instanceof HostTensor tensor && tensor.size() == 1) {
            return tensor.getBoolean(0);
        }
        throw new IllegalArgumentException("Loop: the body's condition: expected one bool, given " + value);
    }
}
