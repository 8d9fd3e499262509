package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Long short-term memory. With gates stacked as i, o, f, c, default f = sigmoid and g = h = tanh, and peepholes P:
 *
 * <pre>{@code
 * i = f(Wi·x + Ri·h + Pi⊙c + Wbi + Rbi)      f = f(Wf·x + Rf·h + Pf⊙c + Wbf + Rbf), or 1 - i with inputForget
 * c' = f⊙c + i⊙g(Wc·x + Rc·h + Wbc + Rbc)
 * o = f(Wo·x + Ro·h + Po⊙c' + Wbo + Rbo)      h' = o⊙h(c')
 * }</pre>
 *
 * <p>Shapes: see {@link Recurrence}; further inputs are the initial c, and P [directions, 3 · hidden] as i, o, f; a third output
 * is the last c. A clip bounds the argument of h too. ONNX LSTM, opset 1 on; accumulates in double (reference).
 */
public record LSTM(Recurrence recurrence, boolean inputForget) implements TensorOperator {
    private static final int GATES = 4;
    private static final CellActivation[] DEFAULTS = {CellActivation.SIGMOID, CellActivation.TANH, CellActivation.TANH};

    static LSTM read(Attributes attributes) {
        return new LSTM(Recurrence.read("LSTM", attributes, DEFAULTS), attributes.getFlag("input_forget", false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return recurrence.infer(name(), in, GATES);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        recurrence.reference(name(), in, out, GATES, d -> cell(in, d));
    }

    private Recurrence.Cell cell(Inputs in, int d) {
        double[] r = Recurrence.part(in, Recurrence.R, d);
        double[] bias = Recurrence.part(in, Recurrence.B, d);
        double[] peepholes = Recurrence.part(in, Recurrence.PEEPHOLES, d);
        return (x, h, c) -> {
            int n = h.length;
            double[] sums = Recurrence.product(r, 0, GATES * n, h, bias, GATES * n);
            for (int k = 0; k < n; k++) {
                boolean peep = peepholes.length > 0;
                double i = recurrence.activate(d, 0, x[k] + sums[k] + (peep ? peepholes[k] * c[k] : 0));
                double f = inputForget
                        ? 1 - i
                        : recurrence.activate(
                                d, 0, x[2 * n + k] + sums[2 * n + k] + (peep ? peepholes[2 * n + k] * c[k] : 0));
                c[k] = f * c[k] + i * recurrence.activate(d, 1, x[3 * n + k] + sums[3 * n + k]);
                double o = recurrence.activate(d, 0, x[n + k] + sums[n + k] + (peep ? peepholes[n + k] * c[k] : 0));
                h[k] = o * recurrence.activate(d, 2, c[k]);
            }
        };
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return recurrence.launch("lstm", in, GATES, GATES, inputForget, 0, DEFAULTS);
    }
}
