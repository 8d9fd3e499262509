package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The simple recurrent network: {@code h' = f(W·x + R·h + Wb + Rb)}, f = tanh by default. Shapes: see {@link Recurrence}. ONNX
 * RNN, opset 1 on; accumulates in double.
 */
public record RNN(Recurrence recurrence) implements TensorOperator {
    static RNN read(Attributes attributes) {
        return new RNN(Recurrence.read("RNN", attributes, CellActivation.TANH));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return recurrence.infer(name(), in, 1);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        recurrence.reference(name(), in, out, 1, d -> cell(in, d));
    }

    private Recurrence.Cell cell(Inputs in, int d) {
        double[] r = Recurrence.part(in, Recurrence.R, d);
        double[] bias = Recurrence.part(in, Recurrence.B, d);
        return (x, h, c) -> {
            double[] sums = Recurrence.product(r, 0, h.length, h, bias, h.length);
            for (int k = 0; k < h.length; k++) {
                h[k] = recurrence.activate(d, 0, x[k] + sums[k]);
            }
        };
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return recurrence.direct("rnn", in, 1, false);
    }
}
