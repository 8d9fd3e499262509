package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = x / ‖x‖} along axis {@code axis}, with the 1-norm or the 2-norm; 0 where the norm is 0. ONNX LpNormalization, opsets
 * 1 and 22. Accumulates in double.
 */
public record LpNormalization(long axis, long p) implements TensorOperator {
    static LpNormalization read(Attributes attributes) {
        return new LpNormalization(attributes.getInt("axis", -1), attributes.getInt("p", 2));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat()) {
            throw new IllegalArgumentException("LpNormalization: expected a float type, given " + in.get(0));
        }
        if (p != 1 && p != 2) {
            throw new IllegalArgumentException("LpNormalization: p: expected 1 or 2, given " + p);
        }
        in.shape(0).axis(axis);
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        AxisFold fold = AxisFold.of(x.shape(), axis);
        for (int lane = 0; lane < fold.lanes(); lane++) {
            double sum = 0;
            for (int k = 0; k < fold.length(); k++) {
                double v = x.getDouble(fold.start(lane) + k * fold.step());
                sum += p == 1 ? Math.abs(v) : v * v;
            }
            double norm = p == 1 ? sum : Math.sqrt(sum);
            for (int k = 0; k < fold.length(); k++) {
                int i = fold.start(lane) + k * fold.step();
                out.get(0).set(i, norm == 0 ? 0 : x.getDouble(i) / norm);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (in.shape(0).rank() > 8) {
            return Optional.empty();
        }
        return Optional.of(Launch.of("lp_normalization", in.dtype(0))
                .input(0)
                .output(0)
                .params(AxisFold.of(in.shape(0), axis).toArray())
                .param(p)
                .inPlace(0));
    }
}
