package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs {@code body} once for each index of the scan inputs' axis. The body maps {@code (states…, slices of the scan inputs…)}
 * to {@code (states…, slices of the scan outputs…)}; the outputs are the last states and the scan outputs, each stacked along
 * a new axis.
 *
 * <p>ONNX Scan, opset 9 on. In opset 8 ({@code batched}) everything has a batch axis in front, the scan axis is the second
 * one, and a first input may give each batch item's number of steps; scan outputs are zero behind it.
 *
 * @param inputAxes the scanned axis of each scan input; missing ones are 0
 * @param inputReversed whether a scan input is scanned from its end; missing ones are false
 * @param outputAxes the axis along which each scan output is stacked; missing ones are 0
 * @param outputReversed whether a scan output is stacked from its end; missing ones are false
 */
public record Scan(
        Subgraph body,
        int scanInputs,
        List<Long> inputAxes,
        List<Boolean> inputReversed,
        List<Long> outputAxes,
        List<Boolean> outputReversed,
        boolean batched)
        implements DynamicOperator {

    static Scan read(Attributes attributes) {
        boolean batched = attributes.opset() < 9;
        return new Scan(
                attributes.getGraph("body"),
                Math.toIntExact(attributes.getInt("num_scan_inputs")),
                longs(attributes.getInts("scan_input_axes")),
                flags(attributes.getInts(batched ? "directions" : "scan_input_directions")),
                longs(attributes.getInts("scan_output_axes")),
                flags(attributes.getInts("scan_output_directions")),
                batched);
    }

    private static List<Long> longs(long[] values) {
        return java.util.Arrays.stream(values).boxed().toList();
    }

    private static List<Boolean> flags(long[] values) {
        return java.util.Arrays.stream(values).mapToObj(v -> v != 0).toList();
    }

    @Override
    public boolean onlyRunsSubgraphs() {
        return true;
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        int states = in.size() - (batched ? 1 : 0) - scanInputs;
        if (scanInputs < 1 || states < 0 || body.inputs() != states + scanInputs || body.outputs() < states) {
            throw new IllegalArgumentException("Scan: the body has " + body.inputs() + " inputs and " + body.outputs()
                    + " outputs, which does not fit " + states + " states and " + scanInputs + " scan inputs");
        }
        return batched ? evaluateBatch(in, states, evaluation) : evaluateOne(in, states, evaluation);
    }

    private List<HostValue> evaluateOne(Values in, int states, Evaluation evaluation) {
        List<HostValue> state = new ArrayList<>();
        for (int i = 0; i < states; i++) {
            state.add(in.get(i));
        }
        List<HostTensor> scanned = new ArrayList<>();
        int[] axes = new int[scanInputs];
        for (int k = 0; k < scanInputs; k++) {
            scanned.add(in.tensor(states + k));
            axes[k] = scanned.get(k).shape().axis(get(inputAxes, k, 0L));
        }
        List<ScanOutput> outputs = scanOutputs(states);
        state = steps(state, scanned, axes, length(scanned, axes), outputs, evaluation);
        List<HostValue> result = new ArrayList<>(state);
        for (int k = 0; k < outputs.size(); k++) {
            result.add(finish(outputs.get(k), k, body.outputType(states + k)));
        }
        return result;
    }

    /** Each item of the batch is a scan of its own. */
    private List<HostValue> evaluateBatch(Values in, int states, Evaluation evaluation) {
        HostTensor first = in.tensor(1 + states);
        if (first.shape().rank() < 2) {
            throw new IllegalArgumentException("Scan: expected [batch, steps, ...], given " + first);
        }
        int batch = (int) first.shape().size(0);
        long longest = first.shape().size(1);
        if (in.has(0) && in.tensor(0).size() != batch) {
            throw new IllegalArgumentException("Scan: sequence lengths: expected " + batch + ", given " + in.tensor(0));
        }
        List<ScanOutput> results = new ArrayList<>();
        for (int i = 0; i < body.outputs(); i++) {
            results.add(new ScanOutput("Scan: output " + i));
        }
        for (int b = 0; b < batch; b++) {
            List<HostValue> state = new ArrayList<>();
            for (int i = 0; i < states; i++) {
                state.add(item(in.tensor(1 + i), b));
            }
            List<HostTensor> scanned = new ArrayList<>();
            for (int k = 0; k < scanInputs; k++) {
                scanned.add(item(in.tensor(1 + states + k), b));
            }
            long steps = length(scanned, new int[scanInputs]);
            if (in.has(0)) {
                steps = in.tensor(0).getLong(b);
                if (steps < 0 || steps > longest) {
                    throw new IllegalArgumentException("Scan: sequence length " + steps + " of batch item " + b
                            + " is outside [0, " + longest + "]");
                }
            }
            List<ScanOutput> outputs = scanOutputs(states);
            state = steps(state, scanned, new int[scanInputs], steps, outputs, evaluation);
            for (int i = 0; i < states; i++) {
                results.get(i).add(state.get(i));
            }
            for (int k = 0; k < outputs.size(); k++) {
                HostTensor stacked = finish(outputs.get(k), k, body.outputType(states + k));
                results.get(states + k).add(padded(stacked, longest));
            }
        }
        List<HostValue> result = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            result.add(results.get(i).stack(0, body.outputType(i)));
        }
        return result;
    }

    private static HostTensor item(HostTensor tensor, int b) {
        if (tensor.shape().rank() == 0 || b >= tensor.shape().size(0)) {
            throw new IllegalArgumentException("Scan: batch item " + b + " is missing in " + tensor);
        }
        return TensorLists.slice(tensor, 0, b);
    }

    private static HostTensor padded(HostTensor tensor, long steps) {
        HostTensor result =
                HostTensor.allocate(tensor.type().with(tensor.shape().with(0, steps)));
        TensorLists.copy(result, 0, tensor, 0, tensor.size());
        return result;
    }

    private List<HostValue> steps(
            List<HostValue> state,
            List<HostTensor> scanned,
            int[] axes,
            long steps,
            List<ScanOutput> outputs,
            Evaluation evaluation) {
        int states = state.size();
        for (long step = 0; step < steps; step++) {
            evaluation.checkpoint();
            List<HostValue> arguments = new ArrayList<>(state);
            for (int k = 0; k < scanInputs; k++) {
                long index = get(inputReversed, k, false) ? steps - 1 - step : step;
                arguments.add(TensorLists.slice(scanned.get(k), axes[k], index));
            }
            List<HostValue> results = evaluation.run(body, arguments);
            state = results.subList(0, states);
            for (int k = 0; k < outputs.size(); k++) {
                outputs.get(k).add(results.get(states + k));
            }
        }
        return state;
    }

    private List<ScanOutput> scanOutputs(int states) {
        List<ScanOutput> outputs = new ArrayList<>();
        for (int k = 0; k < body.outputs() - states; k++) {
            outputs.add(new ScanOutput("Scan: scan output " + k));
        }
        return outputs;
    }

    private HostTensor finish(ScanOutput output, int k, Optional<TensorType> declared) {
        if (get(outputReversed, k, false)) {
            output.reverse();
        }
        return output.stack(get(outputAxes, k, 0L), declared);
    }

    private static long length(List<HostTensor> scanned, int[] axes) {
        long length = scanned.get(0).shape().size(axes[0]);
        for (int k = 1; k < scanned.size(); k++) {
            Shape shape = scanned.get(k).shape();
            if (shape.size(axes[k]) != length) {
                throw new IllegalArgumentException("Scan: scan input " + k + " has " + shape.size(axes[k])
                        + " steps along axis " + axes[k] + " of " + shape + ", the first has " + length);
            }
        }
        return length;
    }

    private static <T> T get(List<T> list, int i, T otherwise) {
        return i < list.size() ? list.get(i) : otherwise;
    }
}
