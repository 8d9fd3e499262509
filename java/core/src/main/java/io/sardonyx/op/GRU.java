package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Gated recurrent unit. With gates stacked as z, r, h, default f = sigmoid and g = tanh:
 *
 * <pre>{@code
 * z = f(Wz·x + Rz·h + Wbz + Rbz)      r = f(Wr·x + Rr·h + Wbr + Rbr)
 * n = g(Wh·x + Rh·(r⊙h) + Rbh + Wbh), or with linearBeforeReset g(Wh·x + r⊙(Rh·h + Rbh) + Wbh)
 * h' = (1 - z)⊙n + z⊙h
 * }</pre>
 *
 * <p>Shapes: see {@link Recurrence}. ONNX GRU, opset 1 on; accumulates in double (reference).
 */
public record GRU(Recurrence recurrence, boolean linearBeforeReset) implements TensorOperator {
    private static final int GATES = 3;
    private static final CellActivation[] DEFAULTS = {CellActivation.SIGMOID, CellActivation.TANH};

    static GRU read(Attributes attributes) {
        return new GRU(Recurrence.read("GRU", attributes, DEFAULTS), attributes.getFlag("linear_before_reset", false));
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
        double[] weights = Recurrence.part(in, Recurrence.R, d);
        double[] bias = Recurrence.part(in, Recurrence.B, d);
        return (x, h, c) -> {
            int n = h.length;
            double[] zr = Recurrence.product(weights, 0, 2 * n, h, bias, GATES * n);
            double[] z = new double[n];
            double[] r = new double[n];
            double[] reset = new double[n];
            for (int k = 0; k < n; k++) {
                z[k] = recurrence.activate(d, 0, x[k] + zr[k]);
                r[k] = recurrence.activate(d, 0, x[n + k] + zr[n + k]);
                reset[k] = r[k] * h[k];
            }
            double[] sums =
                    Recurrence.product(weights, 2 * n, n, linearBeforeReset ? h : reset, bias, GATES * n + 2 * n);
            for (int k = 0; k < n; k++) {
                double recurrent = linearBeforeReset ? r[k] * sums[k] : sums[k];
                double next = recurrence.activate(d, 1, x[2 * n + k] + recurrent);
                h[k] = (1 - z[k]) * next + z[k] * h[k];
            }
        };
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        long hidden = in.shape(Recurrence.R).size(2);
        // r⊙h and the sums of Rh's products, for each of 4 sequences.
        long scratch = 4 * (Recurrence.paddedUnits(hidden) + Recurrence.packedColumns(1, hidden));
        return recurrence.launch("gru", in, GATES, 2, linearBeforeReset, scratch, DEFAULTS);
    }
}
