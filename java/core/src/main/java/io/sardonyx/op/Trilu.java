package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The upper ({@code column − row ≥ k}) or lower ({@code column − row ≤ k}) triangle of the last two axes, with zeros elsewhere; k
 * is input 1, 0 by default. ONNX Trilu, all opsets.
 */
public record Trilu(boolean upper) implements DataMovement {
    static Trilu read(Attributes attributes) {
        return new Trilu(attributes.getFlag("upper", true));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.shape(0).rank() < 2) {
            throw refuse("expected at least 2 axes, given " + in.get(0));
        }
        if (in.has(1)) {
            requireIndices(in, 1);
            if (in.shape(1).elements() != 1) {
                throw refuse("expected one diagonal, given " + in.get(1));
            }
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        HostTensor zero = HostTensor.allocate(TensorType.of(y.dtype()));
        long k = in.has(1) ? in.get(1).getLong(0) : 0;
        for (int i = 0; i < y.size(); i++) {
            int columns = (int) y.shape().size(-1);
            int rows = (int) y.shape().size(-2);
            int diagonal = i % columns - i / columns % rows;
            if (upper ? diagonal >= k : diagonal <= k) {
                y.copy(i, in.get(0), i);
            } else {
                y.copy(i, zero, 0);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.byWidth("trilu", in, out).map(launch -> {
            launch.input(0).output(0);
            if (in.has(1)) {
                launch.input(1);
            }
            return launch.param(upper ? 1 : 0).inPlace(0);
        });
    }
}
